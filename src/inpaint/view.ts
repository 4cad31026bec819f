/** @file What the model sees of an image: a rectangle around the hole, at the model's size. */

import { LatentfillError } from '../base/errors.ts';
import { type Image, type Mask, mask } from '../image/image.ts';
import { type Box, boundingBox } from '../image/mask.ts';
import { cropImage, cropMask, resizeImage, resizeMask } from '../image/resize.ts';
import type { Model } from '../model/model.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { importanceWeights } from './weights.ts';

/** A view of an image and the problem that it poses. */
export interface View {
  /** Where the view lies in the image. */
  readonly box: Box;
  readonly problem: Problem;
}

/**
 * The view of a hole: a square around it, `context` times its longer side but no smaller than the model's image, moved
 * and cut so that it lies within the image. An image of the model's own size is seen whole.
 * @throws LatentfillError where nothing in it is known.
 */
export function viewOf(model: Model, image: Image, hole: Mask, options: Pick<Resolved, 'context' | 'window'>): View {
  const { size, range } = model.card.image;
  const box = viewBox(model, hole, options);
  const seen = resizeImage(cropImage(image, box), size, size);
  // A pixel that averages any of the hole shows something untrue: it is missing.
  const missing = resizeMask(cropMask(hole, box), size, size).data.map((m) => (m > 1e-6 ? 1 : 0));
  const [black, white] = range;
  const target = seen.data.map((v) => black + v * (white - black));
  const weights = importanceWeights(mask(size, size, missing), options.window);
  if (!weights.some((w) => w > 0)) {
    throw new LatentfillError(
      'mask',
      `Expected known pixels in the view of the hole, got none: at ${size}×${size} each pixel of these ${box.width}×${box.height} averages some of the hole. Make the hole smaller or of one piece, or fill it by a larger model.`,
    );
  }
  return { box, problem: { target, weights } };
}

/** Where the view of a hole lies in its image. */
export function viewBox({ card }: Model, hole: Mask, { context }: Pick<Resolved, 'context'>): Box {
  const around = boundingBox(hole)!;
  const side = Math.max(card.image.size, Math.ceil(context * Math.max(around.width, around.height)));
  const [x, width] = interval(around.x, around.width, side, hole.width);
  const [y, height] = interval(around.y, around.height, side, hole.height);
  return { x, y, width, height };
}

/** The interval of length `side` (or all there is) that holds `start … start + length` as nearly in its middle as fits. */
function interval(start: number, length: number, side: number, total: number): [start: number, length: number] {
  const fitted = Math.min(side, total);
  const centred = Math.round(start + length / 2 - fitted / 2);
  return [Math.min(Math.max(0, centred), total - fitted), fitted];
}
