/** @file Layers: functions from a value to a value that get their parameters from `ask`. */

import { add, div, mul, sqrt, square, sub } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/layout.ts';
import { conv, convTranspose, matmul } from '../graph/ops/linear.ts';
import { mean } from '../graph/ops/reduce.ts';
import type { Value } from '../graph/value.ts';
import { type Ask, filled, heNormal, type Weights } from './parameters.ts';

/**
 * What follows a linear layer: batch norm with batch statistics (`batch`), or a bias (`none`), as also after folding.
 */
export type Norm = 'batch' | 'none';

/** Called with the statistics of each batch norm, [channels] each, while the graph is built. */
export type OnStatistics = (layer: string, mean: Value, variance: Value) => void;

/** Settings of every layer. */
export interface Context {
  readonly ask: Ask;
  readonly norm: Norm;
  readonly onStatistics?: OnStatistics;
}

/** Added to a variance before its root. */
const EPSILON = 1e-5;
/** Every kernel of a normalised layer is 4×4. */
const TAPS = 16;

/** x [N, in] to [N, channels, 4, 4]: a dense layer, reshaped. */
export function project(context: Context, name: string, x: Value, channels: number): Value {
  const size = x.shape[1]!;
  const side = 4;
  // Stored as the kernel of a transposed convolution of a 1×1 image, so that folding sees one layout: [in, out, k, k].
  const w = context.ask(`${name}.weight`, [size, channels, side, side], heNormal(size));
  const y = matmul(x, reshape(w, [size, channels * side * side]));
  return normalise(context, name, reshape(y, [x.shape[0]!, channels, side, side]));
}

/** x [N, C, H, W] to [N, channels, 2H, 2W]: a 4×4 transposed convolution of stride 2. */
export function upsample(context: Context, name: string, x: Value, channels: number): Value {
  const from = x.shape[1]!;
  // Each output pixel depends on 2×2 of the 4×4 taps.
  const w = context.ask(`${name}.weight`, [from, channels, 4, 4], heNormal(from * 4));
  return normalise(context, name, convTranspose(x, w, { strides: 2, pads: 1 }));
}

/** x [N, C, H, W] to [N, channels, H/2, W/2]: a 4×4 convolution of stride 2. */
export function downsample(context: Context, name: string, x: Value, channels: number): Value {
  const from = x.shape[1]!;
  const w = context.ask(`${name}.weight`, [channels, from, 4, 4], heNormal(from * 16));
  return normalise(context, name, conv(x, w, { strides: 2, pads: 1 }));
}

/** x [N, C, H, W] to [N, channels, H, W]: a 3×3 convolution. */
export function refine(context: Context, name: string, x: Value, channels: number): Value {
  const from = x.shape[1]!;
  const w = context.ask(`${name}.weight`, [channels, from, 3, 3], heNormal(from * 9));
  return normalise(context, name, conv(x, w, { pads: 1 }));
}

/** x [N, ...] to [N, out]: a fully connected layer. */
export function dense(context: Context, name: string, x: Value, out: number): Value {
  const flat = reshape(x, [x.shape[0]!, -1]);
  const w = context.ask(`${name}.weight`, [flat.shape[1]!, out], heNormal(flat.shape[1]!, 1));
  return add(matmul(flat, w), context.ask(`${name}.bias`, [out], filled(0)));
}

// Batch norm over batch and space (Ioffe & Szegedy 2015, algorithm 1), or a bias per channel.
function normalise({ ask, norm, onStatistics }: Context, name: string, x: Value): Value {
  const perChannel = [x.shape[1]!, 1, 1];
  if (norm === 'none') return add(x, reshape(ask(`${name}.bias`, [x.shape[1]!], filled(0)), perChannel));
  const gain = reshape(ask(`${name}.gain`, [x.shape[1]!], filled(1)), perChannel);
  const shift = reshape(ask(`${name}.shift`, [x.shape[1]!], filled(0)), perChannel);
  const centre = mean(x, [0, 2, 3], { keep: true });
  const centred = sub(x, centre);
  const variance = mean(square(centred), [0, 2, 3], { keep: true });
  onStatistics?.(name, reshape(centre, [-1]), reshape(variance, [-1]));
  return add(mul(centred, div(gain, sqrt(add(variance, EPSILON)))), shift);
}

/**
 * The weights of the same network with `norm: 'none'`: each batch norm, frozen at `statistics` (`<layer>.mean` and
 * `<layer>.variance`), is folded into the layer before it. Weights are [in, out, k, k], as in generators.
 */
export function foldBatchNorm(weights: Weights, statistics: Weights): Record<string, Float32Array> {
  const folded: Record<string, Float32Array> = { ...weights };
  for (const name of Object.keys(weights).filter((key) => key.endsWith('.gain'))) {
    const layer = name.slice(0, -'.gain'.length);
    const { [name]: gain, [`${layer}.shift`]: shift, [`${layer}.weight`]: weight } = folded as Weights;
    const scale = gain!.map((g, i) => g / Math.sqrt(statistics[`${layer}.variance`]![i]! + EPSILON));
    folded[`${layer}.weight`] = weight!.map((w, i) => w * scale[Math.floor(i / TAPS) % scale.length]!);
    folded[`${layer}.bias`] = shift!.map((b, i) => b - statistics[`${layer}.mean`]![i]! * scale[i]!);
    delete folded[name];
    delete folded[`${layer}.shift`];
  }
  return folded;
}
