/** @file Holes that are drawn again until they are acceptable. */

import { LatentfillError } from '../../base/errors.ts';
import type { Mask } from '../../image/image.ts';
import { holeFraction } from '../../image/mask.ts';

/** Far more than any protocol needs, for a picture of 16 pixels or more a side. */
const TRIES = 10_000;

/**
 * The first hole drawn that has missing and known pixels, and whose share of the picture, 0 to 1, is accepted.
 * @throws LatentfillError where none is: the picture is too small.
 */
export function redraw(draw: () => Mask, accepts: (share: number) => boolean = () => true): Mask {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const hole = draw();
    const share = holeFraction(hole);
    if (share > 0 && share < 1 && accepts(share)) return hole;
  }
  const { width, height } = draw();
  throw new LatentfillError(
    'mask',
    `Expected a picture with room for the hole of its protocol, got ${width}×${height} pixels: take pictures of 16 pixels or more a side.`,
  );
}
