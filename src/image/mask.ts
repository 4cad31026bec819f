/** @file Functions of masks. */

import { LatentfillError } from '../base/errors.ts';
import { checkData, checkRecord, checkSides, checkValues } from './checks.ts';
import { type Mask, mask } from './image.ts';

/** A rectangle of pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The fraction of pixels in the hole, 0 to 1: the mean of the mask. */
export function holeFraction(hole: Mask): number {
  checkMaskValues(hole);
  const { data } = hole;
  return data.reduce((sum, m) => sum + m, 0) / data.length;
}

/** 1 − mask: the hole becomes known, and the known part the hole. */
export function invertMask(hole: Mask): Mask {
  checkMaskValues(hole);
  const { width, height, data } = hole;
  return mask(
    width,
    height,
    data.map((m) => 1 - m),
  );
}

/** A mask without soft edges: 1 where it is above `threshold`, 0 elsewhere. */
export function binarise({ width, height, data }: Mask, threshold = 0.5): Mask {
  return mask(
    width,
    height,
    data.map((m) => (m > threshold ? 1 : 0)),
  );
}

/** The smallest rectangle around every pixel with mask > 0; none for a mask without a hole. */
export function boundingBox({ width, height, data }: Mask): Box | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!(data[y * width + x]! > 0)) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** @throws LatentfillError unless it is a {@link Mask} as described there; `name` is what errors call it. */
export function checkMaskValues(hole: Mask, name = 'the mask'): void {
  checkRecord(hole, name, 'width, height and data');
  const { width, height, data } = hole;
  checkSides(width, height, name);
  checkData(data, [width, height], name);
  checkValues(data, width, height, name);
}

/** @throws LatentfillError unless the mask is of the image's size. */
export function checkMaskSize(
  hole: { width: number; height: number },
  image: { width: number; height: number },
  name = 'the mask',
): void {
  if (hole.width === image.width && hole.height === image.height) return;
  throw new LatentfillError(
    'mask',
    `Expected ${name} to be ${image.width}×${image.height} pixels like the image, got ${hole.width}×${hole.height}: make it that size.`,
  );
}

/**
 * @throws LatentfillError unless it is a mask of the image's size, with missing and known pixels. Errors call it
 * `name`, and advise `invert`.
 */
export function checkMask(
  hole: Mask,
  image: { width: number; height: number },
  name = 'the mask',
  invert = 'invert it',
): void {
  checkMaskValues(hole, name);
  checkMaskSize(hole, image, name);
  const { missing, known } = sorts(hole);
  if (!missing) {
    throw new LatentfillError('mask', `Expected a hole (white, 1) in ${name}, got none: paint it white, or ${invert}.`);
  }
  if (!known) {
    throw new LatentfillError(
      'mask',
      `Expected known pixels (black, 0) in ${name}, got only hole: leave some, or ${invert}.`,
    );
  }
}

/** Whether any pixel is missing, and whether any is known. Stops as soon as both are found. */
function sorts({ data }: Mask): { missing: boolean; known: boolean } {
  let [missing, known] = [false, false];
  for (let i = 0; i < data.length && !(missing && known); i++) {
    if (data[i]! > 0) missing = true;
    else known = true;
  }
  return { missing, known };
}
