/** @file Views: the squares of a picture that the model is shown, and what it is to match there. */

import { LatentfillError } from '../base/errors.ts';
import { type Image, type Mask, mask } from '../image/image.ts';
import type { Box } from '../image/mask.ts';
import { cutTurned, type TurnedBox } from '../image/turned.ts';
import { toRange } from '../model/generate.ts';
import type { Model } from '../model/model.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { comparedSide } from './pyramid.ts';
import { importanceWeights } from './weights.ts';

/** How large a square of a picture is shown. */
export interface Sight {
  /** Its side, as a multiple of the longer side of what it is about. */
  readonly context: number;
  /** The least side, as a share of the picture's shorter side: 1 is the largest square of the picture. */
  readonly share: number;
  /** Whether it may be larger where little would be known within it. */
  readonly grows: boolean;
}

/** Context of a view where no option says otherwise. */
const CONTEXT = 2;

/** A view that is known less than this in part is enlarged. */
const KNOWN = 1 / 8;

/**
 * The ways in which a model may be shown a picture: with the option `context`, a crop of that size; otherwise as the model
 * was taught, by its card. Where the card does not say, both: the largest square, and a crop around the hole.
 */
export function sightsOf({ card }: Model, { context }: Pick<Resolved, 'context'>): readonly Sight[] {
  if (context !== undefined) return [{ context, share: 0, grows: false }];
  const shares = card.view ? [card.view.share] : [1, 0];
  return shares.map((share) => ({ context: CONTEXT, share, grows: true }));
}

/**
 * The side of the square around `about`: never smaller than the model's size where the picture is not, and never beyond
 * the picture, unless only a longer one holds `about`.
 */
export function sideOf(about: Box, whole: Size, sight: Sight, size: number): number {
  const longer = Math.max(about.width, about.height);
  const [shortest, longest] = [Math.min(whole.width, whole.height), Math.max(whole.width, whole.height)];
  const wanted = Math.max(size, Math.ceil(sight.context * longer), Math.floor(sight.share * shortest));
  if (wanted <= shortest) return wanted;
  return longer <= shortest ? shortest : Math.min(longest, Math.ceil(1.25 * longer));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The square around `about`, a part of the hole. One that is longer than a side of the picture lies beyond it, where
 * nothing is known, so that nothing is ever squeezed. A square that the whole shorter side fits in lies in the middle of the
 * picture, as squares do in training, moved so that it holds `about` with what is around; a smaller one lies around `about`.
 */
export function squareAround(about: Box, hole: Mask, sight: Sight, size: number): Box {
  const longest = Math.max(hole.width, hole.height);
  for (let side = sideOf(about, hole, sight, size); ; side = Math.min(longest, Math.ceil(1.25 * side))) {
    const box = placed(about, hole, side);
    if (!sight.grows || side >= longest || knownWithin(hole, box) >= KNOWN * side ** 2) return box;
  }
}

function placed(about: Box, whole: Size, side: number): Box {
  const central = side >= Math.min(whole.width, whole.height);
  const start = (from: number, length: number, total: number) => {
    if (side >= total) return Math.round((total - side) / 2);
    const margin = Math.max(0, Math.min(length / 2, (side - length) / 2));
    const [first, last] = [from + length + margin - side, from - margin];
    const middle = (central ? total : 2 * from + length) / 2 - side / 2;
    return Math.round(Math.min(total - side, Math.max(0, first, Math.min(last, middle))));
  };
  return {
    x: start(about.x, about.width, whole.width),
    y: start(about.y, about.height, whole.height),
    width: side,
    height: side,
  };
}

function knownWithin({ width, height, data }: Mask, box: Box): number {
  let known = 0;
  for (let y = Math.max(0, box.y); y < Math.min(height, box.y + box.height); y++) {
    for (let x = Math.max(0, box.x); x < Math.min(width, box.x + box.width); x++)
      if (data[y * width + x] === 0) known++;
  }
  return known;
}

/**
 * What the model is to match in a view, at the finest side that is compared: each of its pixels takes the mean of the known
 * pixels under it, and weighs as much of it as is known.
 * @throws LatentfillError where nothing is known.
 */
export function problemIn(
  { card }: Model,
  image: Image,
  hole: Mask,
  box: TurnedBox,
  { window, finest }: Pick<Resolved, 'window' | 'finest'>,
): Problem {
  const size = comparedSide(card, { finest });
  const { range } = card.image;
  const seen = cutTurned(image, hole, box, size);
  const target = toRange(seen.image.data, range);
  const missing = mask(
    size,
    size,
    seen.share.map((k) => 1 - k),
  );
  const weights = importanceWeights(missing, window);
  if (!weights.some((w) => w > 0)) {
    throw new LatentfillError(
      'mask',
      `Expected known pixels in the view of the hole, ${Math.round(box.width)}×${Math.round(box.height)} pixels at (${Math.round(box.x)}, ${Math.round(box.y)}), got none: ${box.angle === undefined ? "give the option 'context' a larger number, or leave it out" : 'check the points of the face'}.`,
    );
  }
  return { target, known: seen.share, weights };
}
