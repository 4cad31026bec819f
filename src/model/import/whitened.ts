/**
 * @file The space in which a generator's waist is normal: P-norm space of Zhu et al. (2020, "Improved StyleGAN embedding"),
 * where the prior of the search is a plain normal. Measured on samples, not assumed.
 */

import { writeOnnx } from '../../graph/onnx/write.ts';
import { add, leakyRelu, sub } from '../../graph/ops/elementwise.ts';
import { transpose } from '../../graph/ops/layout.ts';
import { matmul } from '../../graph/ops/linear.ts';
import { constant, input } from '../../graph/value.ts';
import { compile } from '../../runtime/compile.ts';

/** A whitened space. */
export interface Whitened {
  /** waist.onnx: from `point` [N, size], numbers that are normal, to the waist [N, size]. */
  readonly onnx: Uint8Array;
  /** The slope of the leaky ReLU that ends the mapping and is undone; 1: none is. */
  readonly slope: number;
  /** The kurtosis, a mean over the waist's numbers, as they are and with the leaky ReLU undone; 3 for normal ones. */
  readonly kurtosis: readonly [before: number, after: number];
  /** The number of axes that hold 90 % of the variance. */
  readonly axes: number;
}

/** Slopes of leaky ReLUs that may end a mapping network; 1: none does. */
const SLOPES = [1, 0.3, 0.2, 0.1, 0.05, 0.01];

/**
 * The whitened space of samples [count, size] of a waist. A leaky ReLU is undone where that makes their numbers more nearly
 * normal; then they are expressed by the axes of their covariance, the longest first, in units of its standard deviations.
 */
export async function whitened(samples: Float32Array, size: number, signal?: AbortSignal): Promise<Whitened> {
  const undone = (slope: number) => samples.map((v) => (v < 0 ? v / slope : v));
  const tried = SLOPES.map((slope) => ({ slope, ...momentsOf(undone(slope), size) }));
  const best = tried.reduce((a, b) => (b.deviation < a.deviation ? b : a));
  const { variances, vectors } = await principalAxes(undone(best.slope), best.mean, size, signal);
  const axes = Float32Array.from(vectors, (v, i) => v * Math.sqrt(variances[Math.floor(i / size)]!)); // [axis, number]
  const normal = add(matmul(input('point', [1, size]), constant(axes, [size, size])), constant(best.mean, [1, size]));
  return {
    onnx: writeOnnx({ waist: best.slope === 1 ? normal : leakyRelu(normal, best.slope) }),
    slope: best.slope,
    kurtosis: [tried[0]!.kurtosis, best.kurtosis],
    axes: holding(variances, 0.9),
  };
}

/**
 * The mean of each number of samples [count, size]; their kurtosis, a mean over the numbers, 3 for normal ones; and how far
 * they are from normal: the mean of the statistic of Jarque and Bera (1980), of one sample.
 */
function momentsOf(samples: Float32Array, size: number) {
  const count = samples.length / size;
  const mean = new Float32Array(size);
  let [kurtosis, deviation] = [0, 0];
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let at = i; at < samples.length; at += size) sum += samples[at]!;
    mean[i] = sum / count;
    let [second, third, fourth] = [0, 0, 0];
    for (let at = i; at < samples.length; at += size) {
      const d = samples[at]! - mean[i]!;
      second += d * d;
      third += d ** 3;
      fourth += d ** 4;
    }
    const variance = second / count;
    if (variance === 0) continue; // a number that never changes
    const own = fourth / count / variance ** 2;
    kurtosis += own / size;
    deviation += ((third / count / variance ** 1.5) ** 2 / 6 + (own - 3) ** 2 / 24) / size;
  }
  return { mean, kurtosis, deviation };
}

/** The axes of the covariance of samples, unit vectors [axis, number], and the variances along them; the largest first. */
async function principalAxes(samples: Float32Array, mean: Float32Array, size: number, signal?: AbortSignal) {
  const rows = samples.length / size;
  const centred = sub(input('samples', [rows, size]), constant(mean, [1, size]));
  await using program = await compile({ products: matmul(transpose(centred, [1, 0]), centred) }, { signal });
  const { products } = await program.run({ samples }, { signal });
  const covariance = Array.from({ length: size }, (_, i) =>
    Array.from(products!.subarray(i * size, (i + 1) * size), (sum) => sum / rows),
  );
  const { EigenvalueDecomposition } = await import('ml-matrix');
  const found = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const values = found.realEigenvalues;
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!);
  return {
    variances: order.map((axis) => Math.max(0, values[axis]!)),
    vectors: Float32Array.from({ length: size * size }, (_, i) =>
      found.eigenvectorMatrix.get(i % size, order[Math.floor(i / size)]!),
    ),
  };
}

/** How many of the largest variances make up a share of all. */
function holding(variances: readonly number[], share: number): number {
  let left = share * variances.reduce((sum, variance) => sum + variance, 0);
  const last = variances.findIndex((variance) => {
    left -= variance;
    return left <= 0;
  });
  return last + 1;
}
