/** @file What can be asked of a mask. */

import { LatentfillError } from '../base/errors.ts';
import { type Mask, mask } from './image.ts';

/** A rectangle of pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The share of pixels in the hole, 0 to 1; soft ones count in part. */
export function holeFraction({ data }: Mask): number {
  return data.reduce((sum, m) => sum + m, 0) / data.length;
}

/** Hole and known changed over. */
export function invertMask({ width, height, data }: Mask): Mask {
  return mask(
    width,
    height,
    data.map((m) => 1 - m),
  );
}

/** Soft edges made hard: 1 where the mask is above `threshold`, 0 elsewhere. */
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

/** @throws LatentfillError unless the mask is of this size, with something missing and something known. */
export function checkMask(
  { width, height, data }: Mask,
  image: { width: number; height: number },
  name = 'the mask',
): void {
  if (width !== image.width || height !== image.height) {
    throw new LatentfillError(
      `Expected ${name} to be ${image.width}×${image.height} pixels like the image, got ${width}×${height}: make it that size.`,
    );
  }
  if (!data.some((m) => m > 0)) {
    throw new LatentfillError(`Expected a hole (white) in ${name}, got none: paint it white, or use --invert-mask.`);
  }
  if (data.every((m) => m > 0)) {
    throw new LatentfillError(
      `Expected known pixels (black) in ${name}, got only hole: leave some, or use --invert-mask.`,
    );
  }
}
