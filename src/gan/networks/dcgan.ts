/**
 * @file The DCGAN pair (Radford et al. 2016): up- and downsampling by strided convolutions between 4×4 and the image.
 */

import { leakyRelu, relu, tanh } from '../../graph/ops/elementwise.ts';
import { reshape } from '../../graph/ops/layout.ts';
import type { Value } from '../../graph/value.ts';
import { type Context, dense, downsample, project, refine, upsample } from '../../nn/layers.ts';

/** The size of a DCGAN. */
export interface DcganShape {
  /** Pixels a side: 4 times a power of two. */
  readonly size: number;
  /** Channels of the layer next to the image; they double at each halving of the resolution, up to `maxWidth`. */
  readonly width: number;
  /** @default no bound */
  readonly maxWidth?: number;
  /** A 3×3 convolution with `width` channels at the image's own resolution as well. @default false */
  readonly fine?: boolean;
}

/** Channels of each layer, from the one next to the image to the one at 4×4. */
function widths({ size, width, maxWidth = Number.POSITIVE_INFINITY, fine = false }: DcganShape): number[] {
  const layers = Math.log2(size / 4) + (fine ? 1 : 0);
  return Array.from({ length: layers }, (_, i) => Math.min(maxWidth, width * 2 ** i));
}

/** G: a latent z [N, latent] to an image [N, 3, size, size] in [−1, 1]. */
export function dcganGenerator(context: Context, z: Value, shape: DcganShape): Value {
  const [deepest, ...others] = widths(shape).toReversed();
  let x = relu(project(context, 'project', z, deepest!));
  for (const [i, width] of others.entries()) x = relu(upsample(context, `up${others.length - i}`, x, width));
  const plain = { ...context, norm: 'none' } as const;
  return tanh(shape.fine ? refine(plain, 'image', x, 3) : upsample(plain, 'image', x, 3));
}

/** D's trunk: images [N, 3, size, size] in [−1, 1] to features [N, 16 · C]. */
export function dcganFeatures(context: Context, image: Value, shape: DcganShape): Value {
  const all = widths(shape);
  const [first, halved] = shape.fine ? [all[0]!, all.slice(1)] : [undefined, all];
  let x = first === undefined ? image : leakyRelu(refine(context, 'fine', image, first));
  for (const [i, width] of halved.entries()) x = leakyRelu(downsample(context, `down${i + 1}`, x, width));
  return reshape(x, [x.shape[0]!, -1]);
}

/** D: an image [N, 3, size, size] in [−1, 1] to a logit [N], larger for images that look real. */
export function dcganDiscriminator(context: Context, image: Value, shape: DcganShape): Value {
  return reshape(dense(context, 'logit', dcganFeatures(context, image, shape), 1), [-1]);
}
