/** @file The DCGAN pair (Radford et al. 2016): four-fold up- and down-sampling by strided convolutions. */

import { leakyRelu, relu, tanh } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/layout.ts';
import type { Value } from '../graph/value.ts';
import { type Context, dense, downsample, project, upsample } from '../nn/layers.ts';

/** The size of a DCGAN. */
export interface DcganShape {
  /** Pixels a side: 4 times a power of two. */
  readonly size: number;
  /** Channels of the layer next to the image; each layer further in has twice as many. */
  readonly width: number;
}

/** G: a latent z [N, latent] to an image [N, 3, size, size] in [−1, 1]. */
export function dcganGenerator(context: Context, z: Value, { size, width }: DcganShape): Value {
  const depth = Math.log2(size / 4);
  let x = relu(project(context, 'project', z, width * 2 ** (depth - 1)));
  for (let i = depth - 2; i >= 0; i--) x = relu(upsample(context, `up${i + 1}`, x, width * 2 ** i));
  return tanh(upsample({ ...context, norm: 'none' }, 'image', x, 3));
}

/** D: an image [N, 3, size, size] in [−1, 1] to a logit [N]: large for what it takes to be real. */
export function dcganDiscriminator(context: Context, image: Value, { size, width }: DcganShape): Value {
  const depth = Math.log2(size / 4);
  let x = image;
  for (let i = 0; i < depth; i++) x = leakyRelu(downsample(context, `down${i + 1}`, x, width * 2 ** i));
  return reshape(dense(context, 'logit', x, 1), [-1]);
}
