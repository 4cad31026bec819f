/** @file How a mask file differs from the picture to fill. */

import type { Image } from '../image.ts';
import type { MaskPixels } from './colours.ts';
import { NOISE } from './levels.ts';
import type { Survey } from './survey.ts';

/** The largest difference of each pixel's channels from those of a picture of the same size, in levels of 8 bits. */
export function differencesOf({ data }: MaskPixels, { channels, data: own }: Image): Uint8Array {
  const differences = new Uint8Array(data.length / 4);
  const area = differences.length;
  for (let c = 0; c < 3; c++) {
    const plane = Math.min(c, channels - 1) * area;
    for (let p = 0; p < area; p++) {
      const d = Math.abs(data[4 * p + c]! - Math.round(own[plane + p]! * 255));
      if (d > differences[p]!) differences[p] = d;
    }
  }
  return differences;
}

/** Whether a mask file is the picture itself: to within 16, and of more than one colour. */
export function isSame({ pixels: { data }, colours, isLayer }: Survey, { channels, data: own }: Image): boolean {
  if (isLayer || colours.length < 2) return false;
  const area = data.length / 4;
  for (let c = 0; c < 3; c++) {
    const plane = Math.min(c, channels - 1) * area;
    for (let p = 0; p < area; p++) if (Math.abs(data[4 * p + c]! - 255 * own[plane + p]!) >= NOISE) return false;
  }
  return true;
}

/** Whether a layer is a copy of the picture: nine tenths of the opaque pixels to within 16, in more than one colour. */
export function isErasedCopy({ pixels, alpha, colours, isLayer }: Survey, picture: Image): boolean {
  if (!isLayer || colours.length < 2) return false;
  const differences = differencesOf(pixels, picture);
  let [all, same] = [0, 0];
  for (let p = 0; p < differences.length; p++) {
    if (pixels.data[4 * p + 3]! < alpha.most) continue;
    all++;
    if (differences[p]! < NOISE) same++;
  }
  return same > 0.9 * all;
}
