/** @file The weights of known pixels in the contextual loss. */

import { LatentfillError } from '../base/errors.ts';
import type { Mask } from '../image/image.ts';
import { checkMaskValues } from '../image/mask.ts';
import type { SearchOptions } from './search-options.ts';

/**
 * The importance weights W of every pixel, [height, width] (Yeh et al. 2017, eq. 3): for a known pixel, the share of
 * its `window`×`window` neighbourhood that is missing; 0 in the hole. With `window` 0 all known pixels have weight 1 (W
 * = M). A mask's value between 0 and 1 is the part of the pixel that is missing: its weight is multiplied by the part
 * that is known, and the share of a neighbourhood is the mean of its values.
 * @throws LatentfillError for an invalid mask, and for a window that is even or 1, in which no known pixel has a missing
 * neighbour on each side.
 */
export function importanceWeights(hole: Mask, window: number): Float32Array {
  checkMaskValues(hole);
  if (!isWindow(window)) {
    throw new LatentfillError('options', `Expected 0 or an odd number from 3 as the window of W, got ${window}.`);
  }
  const { width, height, data: missing } = hole;
  const weights = missing.map((m) => 1 - m);
  if (window === 0) return weights;
  const total = summedArea(missing, width, height);
  const reach = Math.floor(window / 2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (missing[y * width + x] === 1) continue;
      const [top, left] = [Math.max(0, y - reach), Math.max(0, x - reach)];
      const [bottom, right] = [Math.min(height, y + reach + 1), Math.min(width, x + reach + 1)];
      const at = (row: number, column: number) => total[row * (width + 1) + column]!;
      const holes = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left);
      // Rounding can leave a trace of sums that cancel.
      weights[y * width + x]! *= (holes < 1e-9 ? 0 : holes) / ((bottom - top) * (right - left));
    }
  }
  return weights;
}

/** Whether a number is a side of the window of W: 0 (none), or odd and at least 3. */
export function isWindow(window: number): boolean {
  return window === 0 || (Number.isSafeInteger(window) && window >= 3 && window % 2 === 1);
}

/** Sums over all rectangles from the corner, [height + 1, width + 1] (Crow 1984). */
function summedArea(values: Float32Array, width: number, height: number): Float64Array {
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
