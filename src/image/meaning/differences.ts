/** @file How a mask file differs from the picture to fill. */

import type { Image } from '../image.ts';
import type { MaskPixels } from './colours.ts';

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
