/** @file How visible the edge of a fill is. */

import type { Image, Mask } from '../../image/image.ts';

/**
 * The mean over all pairs (p, q) of 4-neighbours, one missing and one known, and over channels, of
 * 255 · (|fill(p) − fill(q)| − |truth(p) − truth(q)|): in 8-bit levels, from −255 to 255. 0 is as in the truth, above is a
 * visible seam, below is smoother than the truth. NaN when no edge lies within the picture.
 */
export function seam(fill: Image, truth: Image, mask: Mask): number {
  const area = mask.data.length;
  let [total, count] = [0, 0];
  eachEdge(mask, (p, q) => {
    for (let c = 0; c < truth.channels; c++) {
      total += step(fill, c * area + p, c * area + q) - step(truth, c * area + p, c * area + q);
      count++;
    }
  });
  return (255 * total) / count;
}

function step({ data }: Image, p: number, q: number): number {
  return Math.abs(data[p]! - data[q]!);
}

/** Calls `each` with both pixels of every pair of neighbours of which one is missing. */
function eachEdge({ width, height, data }: Mask, each: (p: number, q: number) => void): void {
  for (let p = 0; p < data.length; p++) {
    const missing = data[p]! > 0;
    const right = p % width < width - 1;
    const below = p < (height - 1) * width;
    if (right && missing !== data[p + 1]! > 0) each(p, p + 1);
    if (below && missing !== data[p + width]! > 0) each(p, p + width);
  }
}
