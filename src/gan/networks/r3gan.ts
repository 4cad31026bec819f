/**
 * @file The R3GAN pair (Huang et al. 2024, "The GAN is dead; long live the GAN!", section 4): residual blocks of
 * grouped convolutions without normalisation, a learned 4×4 basis (after G's latent, and before D's logit), linear
 * interpolation between resolutions.
 */

import { add, mul } from '../../graph/ops/elementwise.ts';
import { reshape } from '../../graph/ops/layout.ts';
import { matmul } from '../../graph/ops/linear.ts';
import { sum } from '../../graph/ops/reduce.ts';
import type { Value } from '../../graph/value.ts';
import { type Ask, filled, heNormal } from '../../nn/parameters.ts';
import { downsampleSmooth, upsampleSmooth } from '../../nn/resampling.ts';
import { convolve, type ResidualShape, residualBlock } from '../../nn/residual.ts';

/** The size of an R3GAN. */
export interface R3ganShape {
  /** Pixels a side: 4 times a power of two. */
  readonly size: number;
  /** Channels at the image's own resolution; they double at each halving of the resolution, up to `maxWidth`. */
  readonly width: number;
  readonly maxWidth: number;
  /** Residual blocks at each resolution. */
  readonly blocks: number;
  /** Input channels of each group of a 3×3 convolution. */
  readonly groupWidth: number;
}

const BASIS = 4;
const EXPANSION = 2;

/** Channels at 4×4, 8×8 … up to the image's resolution. */
function widths({ size, width, maxWidth }: R3ganShape): number[] {
  const stages = Math.log2(size / BASIS) + 1;
  return Array.from({ length: stages }, (_, i) => Math.min(maxWidth, width * 2 ** (stages - 1 - i)));
}

/** G: a latent z [N, latent] to an image [N, 3, size, size], about [−1, 1]. */
export function r3ganGenerator(ask: Ask, z: Value, shape: R3ganShape): Value {
  const stages = widths(shape);
  const inside = residualShape(shape);
  const channels = stages[0]!;
  const weights = matmul(z, ask('basis.weight', [z.shape[1]!, channels], heNormal(z.shape[1]!, 1)));
  const basis = ask('basis.maps', [channels, BASIS, BASIS], heNormal(1, 1));
  let x = mul(reshape(weights, [z.shape[0]!, channels, 1, 1]), basis);
  for (const [i, width] of stages.entries()) {
    if (i > 0) x = upsampleSmooth(width === x.shape[1] ? x : convolve(ask, `up${i}`, x, width));
    for (let b = 0; b < shape.blocks; b++) x = residualBlock(ask, `stage${i}.block${b}`, x, inside);
  }
  return convolve(ask, 'image', x, 3);
}

/** D's trunk: images [N, 3, size, size] in [−1, 1] to features [N, C]. */
export function r3ganFeatures(ask: Ask, image: Value, shape: R3ganShape): Value {
  const stages = widths(shape).toReversed();
  const inside = residualShape(shape);
  let x = convolve(ask, 'image', image, stages[0]!);
  for (const [i, width] of stages.entries()) {
    if (i > 0) {
      x = downsampleSmooth(x);
      if (width !== x.shape[1]) x = convolve(ask, `down${i}`, x, width);
    }
    for (let b = 0; b < shape.blocks; b++) x = residualBlock(ask, `stage${i}.block${b}`, x, inside);
  }
  const channels = x.shape[1]!;
  const basis = ask('basis.maps', [channels, BASIS, BASIS], heNormal(BASIS * BASIS, 1));
  const bias = ask('basis.bias', [channels], filled(0));
  return add(sum(mul(x, basis), [2, 3]), bias);
}

function residualShape({ size, blocks, groupWidth }: R3ganShape): ResidualShape {
  return { expansion: EXPANSION, groupWidth, depth: blocks * (Math.log2(size / BASIS) + 1) };
}
