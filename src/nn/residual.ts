/** @file Layers of networks without normalisation: scaled initialisation and residual blocks. */

import { add, leakyRelu } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/layout.ts';
import { conv } from '../graph/ops/linear.ts';
import type { Value } from '../graph/value.ts';
import { type Ask, filled, heNormal } from './parameters.ts';

const SLOPE = 0.2;
/** Keeps the scale of activations through a leaky ReLU (He et al. 2015, section 2.2). */
const LEAKY_GAIN = Math.sqrt(2 / (1 + SLOPE ** 2));

/** The shape of a {@link residualBlock}. */
export interface ResidualShape {
  /** Ratio of the channels inside the block to those of its input. */
  readonly expansion: number;
  /** Input channels of each group of the 3×3 convolution. */
  readonly groupWidth: number;
  /** Residual blocks in the whole network: with more blocks, initial weights are smaller. */
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
 * x + w₃·σ(w₂ ∗ σ(w₁·x + b₁) + b₂): 1×1 to more channels, grouped 3×3, 1×1 back (R3GAN, Huang et al. 2024, section
 * 4.4). The last layer is initialised to zero, the others smaller with depth, so no normalisation is needed (Fixup,
 * Zhang et al. 2019).
 */
export function residualBlock(ask: Ask, name: string, x: Value, shape: ResidualShape): Value {
  const [channels, inner] = [x.shape[1]!, x.shape[1]! * shape.expansion];
  const gain = LEAKY_GAIN * shape.depth ** (-1 / 4); // Fixup with three layers in a block: L^(−1 / (2·3 − 2))
  const group = Math.max(1, Math.round(inner / shape.groupWidth));
  let y = biasedActivation(ask, `${name}.1`, convolve(ask, `${name}.1`, x, inner, { gain }));
  y = biasedActivation(ask, `${name}.2`, convolve(ask, `${name}.2`, y, inner, { kernel: 3, group, gain }));
  return add(x, convolve(ask, `${name}.3`, y, channels, { gain: 0 }));
}
