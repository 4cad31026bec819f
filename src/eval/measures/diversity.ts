/** @file How much the candidates for one hole differ. */

import type { Image, Mask } from '../../image/image.ts';

/**
 * The mean over all pairs of candidates of the root mean squared difference in the hole (mask above 0), over its pixels and all
 * channels: from 0, all are equal, to 1. Null for fewer than two candidates; NaN when nothing is missing.
 */
export function diversity(candidates: readonly Image[], mask: Mask): number | null {
  const pairs = candidates.flatMap((a, i) => candidates.slice(i + 1).map((b) => difference(a, b, mask)));
  return pairs.length === 0 ? null : pairs.reduce((sum, d) => sum + d) / pairs.length;
}

function difference(a: Image, b: Image, { data }: Mask): number {
  let [squares, count] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    if (data[i % data.length]! === 0) continue;
    squares += (a.data[i]! - b.data[i]!) ** 2;
    count++;
  }
  return Math.sqrt(squares / count);
}
