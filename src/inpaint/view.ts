/** @file The view: the rectangle around the hole that the model sees, at the model's size. */

import { LatentfillError } from '../base/errors.ts';
import { type Image, type Mask, mask } from '../image/image.ts';
import { type Box, boundingBox } from '../image/mask.ts';
import { cropImage, cropMask, resizeImage, resizeMask } from '../image/resize.ts';
import type { Model } from '../model/model.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { importanceWeights } from './weights.ts';

/** A view of an image, as a problem of the search. */
export interface View {
  /** The view's rectangle in the image. */
  readonly box: Box;
  readonly problem: Problem;
}

/**
 * The view of a hole: a square around it, of `context` times its longer side but at least the model's size, moved and
 * cut to lie within the image. An image of the model's own size is its own view.
 * @throws LatentfillError where the view has no known pixel.
 */
export function viewOf(model: Model, image: Image, hole: Mask, options: Pick<Resolved, 'context' | 'window'>): View {
  const { size, range } = model.card.image;
  const box = viewBox(model, hole, options);
  const seen = resizeImage(cropImage(image, box), size, size);
  // A resized pixel that averages over part of the hole does not show the true image: it counts as missing.
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

/** The rectangle of a hole's view in its image. */
export function viewBox({ card }: Model, hole: Mask, { context }: Pick<Resolved, 'context'>): Box {
  const around = boundingBox(hole)!;
  const side = Math.max(card.image.size, Math.ceil(context * Math.max(around.width, around.height)));
  const [x, width] = interval(around.x, around.width, side, hole.width);
  const [y, height] = interval(around.y, around.height, side, hole.height);
  return { x, y, width, height };
}

/**
 * The interval of length `side`, or `total` if that is less, that lies within 0 … `total` and is centred on
 * `start … start + length` as nearly as it can be.
 */
function interval(start: number, length: number, side: number, total: number): [start: number, length: number] {
  const fitted = Math.min(side, total);
  const centred = Math.round(start + length / 2 - fitted / 2);
  return [Math.min(Math.max(0, centred), total - fitted), fitted];
}
