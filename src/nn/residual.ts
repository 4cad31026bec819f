/** @file Layers of networks without normalisation: scaled initialisation, residual blocks, smooth resampling by two. */

import { add, leakyRelu, mul } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/layout.ts';
import { conv, matmul } from '../graph/ops/linear.ts';
import { constant, type Value } from '../graph/value.ts';
import { type Ask, filled, heNormal } from './parameters.ts';

const SLOPE = 0.2;
/** Keeps the scale of activations through a leaky ReLU (He et al. 2015, section 2.2). */
const LEAKY_GAIN = Math.sqrt(2 / (1 + SLOPE ** 2));

/** The shape of a {@link residualBlock}. */
export interface ResidualShape {
  /** Channels inside the block for each of its own. */
  readonly expansion: number;
  /** Channels that each group of the 3×3 convolution sees. */
  readonly groupWidth: number;
  /** Residual blocks in the whole network: deeper ones begin smaller. */
  readonly depth: number;
}

/** x [N, C, H, W] to [N, channels, H, W]: a k×k convolution without bias. */
export function convolve(
  ask: Ask,
  name: string,
  x: Value,
  channels: number,
  { kernel = 1, group = 1, gain = 1 }: { kernel?: number; group?: number; gain?: number } = {},
): Value {
  const from = x.shape[1]! / group;
  const w = ask(`${name}.weight`, [channels, from, kernel, kernel], heNormal(from * kernel * kernel, gain));
  return conv(x, w, { pads: (kernel - 1) / 2, group });
}

/** A bias per channel and a leaky ReLU. */
function biasedActivation(ask: Ask, name: string, x: Value): Value {
  const channels = x.shape[1]!;
  return leakyRelu(add(x, reshape(ask(`${name}.bias`, [channels], filled(0)), [channels, 1, 1])), SLOPE);
}

/**
 * x + w₃·σ(w₂ ∗ σ(w₁·x + b₁) + b₂): 1×1 to more channels, grouped 3×3, 1×1 back (R3GAN, Huang et al. 2024, section 4.4). The last
 * layer begins at zero and the others shrink with depth, so that no normalisation is needed (Fixup, Zhang et al. 2019).
 */
export function residualBlock(ask: Ask, name: string, x: Value, shape: ResidualShape): Value {
  const [channels, inner] = [x.shape[1]!, x.shape[1]! * shape.expansion];
  const gain = LEAKY_GAIN * shape.depth ** (-1 / 4); // Fixup with three layers in a block: L^(−1 / (2·3 − 2))
  const group = Math.max(1, Math.round(inner / shape.groupWidth));
  let y = biasedActivation(ask, `${name}.1`, convolve(ask, `${name}.1`, x, inner, { gain }));
  y = biasedActivation(ask, `${name}.2`, convolve(ask, `${name}.2`, y, inner, { kernel: 3, group, gain }));
  return add(x, convolve(ask, `${name}.3`, y, channels, { gain: 0 }));
}

/** x [N, C, H, W] at twice the size, interpolated linearly. */
export function upsampleSmooth(x: Value): Value {
  return alongBoth(x, (size) => transposed(halving(size), size), 2);
}

/** x [N, C, H, W] at half the size, each pixel from 4×4 weighed 1 3 3 1: the transpose of {@link upsampleSmooth}, a quarter as large. */
export function downsampleSmooth(x: Value): Value {
  return mul(
    alongBoth(x, (size) => halving(size / 2), 0.5),
    0.25,
  );
}

/** A matrix [scale·n, n] applied to the rows and to the columns of each channel. */
function alongBoth(x: Value, matrixOf: (size: number) => Float32Array, scale: number): Value {
  const [, , height, width] = x.shape as [number, number, number, number];
  const columns = constant(flipped(matrixOf(width), width * scale, width), [width, width * scale]);
  const rows = constant(matrixOf(height), [height * scale, height]);
  return matmul(rows, matmul(x, columns));
}

/** [n, 2n]: each of n pixels from 1 3 3 1 (÷ 4) of 2n; the pixel next to a border stands for those beyond it. */
function halving(n: number): Float32Array {
  const matrix = new Float32Array(n * 2 * n);
  for (let i = 0; i < n; i++) {
    for (const [tap, weight] of [1, 3, 3, 1].entries()) {
      matrix[i * 2 * n + Math.min(2 * n - 1, Math.max(0, 2 * i - 1 + tap))]! += weight / 4;
    }
  }
  return matrix;
}

/** The [2n, n] transpose of {@link halving}, its rows summing to 1: linear interpolation. */
function transposed(matrix: Float32Array, n: number): Float32Array {
  return flipped(matrix, n, 2 * n);
}

function flipped(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);
}
