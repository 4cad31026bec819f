/** @file The weights of known pixels in the contextual loss. */

import type { Mask } from '../image/image.ts';
import { checkMaskValues } from '../image/mask.ts';
import type { SearchOptions } from './search-options.ts';

/**
 * The importance weights W of every pixel, [height, width] (Yeh et al. 2017, eq. 3): for a known pixel, the share of
 * its `window`×`window` neighbourhood that is missing; 0 in the hole. With `window` 0 all known pixels have weight 1 (W
 * = M). A pixel at a soft edge counts as missing, since it is not wholly known.
 * @throws LatentfillError for an invalid mask.
 */
export function importanceWeights(hole: Mask, window: number): Float32Array {
  checkMaskValues(hole);
  const { width, height, data } = hole;
  const missing = Uint8Array.from(data, (m) => (m > 0 ? 1 : 0));
  const weights = new Float32Array(width * height);
  if (window === 0) return weights.map((_, i) => 1 - missing[i]!);
  const total = summedArea(missing, width, height);
  const reach = Math.floor(window / 2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (missing[y * width + x]) continue;
      const [top, left] = [Math.max(0, y - reach), Math.max(0, x - reach)];
      const [bottom, right] = [Math.min(height, y + reach + 1), Math.min(width, x + reach + 1)];
      const at = (row: number, column: number) => total[row * (width + 1) + column]!;
      const holes = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left);
      weights[y * width + x] = holes / ((bottom - top) * (right - left));
    }
  }
  return weights;
}

/** Sums over all rectangles from the corner, [height + 1, width + 1] (Crow 1984). */
function summedArea(values: Uint8Array, width: number, height: number): Float64Array {
  const total = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += values[y * width + x]!;
      total[(y + 1) * (width + 1) + x + 1] = total[y * (width + 1) + x + 1]! + row;
    }
  }
  return total;
}

/**
 * The weights, scaled so that the contextual loss measures differences in [−1, 1], whatever range the networks use;
 * with `reduction` 'mean', also so that it is the mean over known pixels and three channels.
 */
export function normalisedWeights(
  weights: Float32Array,
  { reduction, norm }: Pick<SearchOptions, 'reduction' | 'norm'>,
  [black, white]: readonly [number, number],
): Float32Array {
  const unit = (2 / (white - black)) ** (norm === 'l1' ? 1 : 2);
  const total = reduction === 'sum' ? 1 : 3 * weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => (unit * w) / total);
}
