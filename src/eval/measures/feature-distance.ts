/** @file How unlike a fill looks to its true picture, by the features of a network. */

import { LatentfillError } from '../../base/errors.ts';
import type { Matrix } from './inner-products.ts';

/**
 * Of each row, the Euclidean distance between a fill's feature a and its true picture's b, both of length 1: ‖a/‖a‖ − b/‖b‖‖. It is
 * 0 for equal directions, √2 for orthogonal ones (the most that features of at least 0 reach) and 2 for opposite ones; a feature of
 * zeros stays so. It stands where papers give LPIPS (Zhang et al. 2018) and is not LPIPS: that compares the features at every
 * position and in several layers, with weights fitted to people's judgement; here they are means over space of one layer.
 * @throws LatentfillError for matrices of different shapes.
 */
export function featureDistances(fills: Matrix, reals: Matrix): Float64Array {
  const { rows, columns } = fills;
  if (rows !== reals.rows || columns !== reals.columns) {
    throw new LatentfillError(
      'data',
      `Expected features of as many true pictures as fills, [${rows}, ${columns}], got [${reals.rows}, ${reals.columns}]: give each fill its own picture.`,
    );
  }
  return Float64Array.from({ length: rows }, (_, i) => {
    const [a, b] = [unit(fills, i), unit(reals, i)];
    return Math.sqrt(a.reduce((sum, v, k) => sum + (v - b[k]!) ** 2, 0));
  });
}

/** Row i at length 1; zeros stay zeros. */
function unit({ columns, data }: Matrix, i: number): Float64Array {
  const row = Float64Array.from(data.subarray(i * columns, (i + 1) * columns));
  const norm = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
  return norm === 0 ? row : row.map((v) => v / norm);
}
