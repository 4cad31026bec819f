/** @file A linear classifier of true pictures and fills, by regularised least squares. */

import type { Matrix } from './inner-products.ts';

/** λ, where the mean squared length of a row is 1. */
const RIDGE = 0.03;

/** Judges row i of a matrix: above 0 is real, below is a fill. */
export type Classifier = (of: Matrix, i: number) => number;

/**
 * Trains on rows `kept` of both sets, one fill and one true picture each: w minimises Σ (wᵀz − y)² + λ‖w‖², y = 1 for true pictures
 * and −1 for fills, solved in the dual, w = Zᵀ(ZZᵀ + λI)⁻¹y. z is a feature standardised by the mean and standard deviation of the
 * rows trained on, over √d, without the numbers that are constant there.
 *
 * Least squares stand here instead of the support vector machine of the paper (Zhao et al. 2021) because there are fewer pictures
 * than numbers in a feature. Nearly every picture is a support vector then, and both find the same weights (Muthukumar et al. 2021,
 * "Classification vs regression in overparameterized regimes"); least squares do so in closed form, the same every time, without a
 * tolerance to choose. As the classes are of equal size and centred, the threshold is 0 without being fitted.
 */
export function realness(fills: Matrix, reals: Matrix, kept: readonly number[]): Classifier {
  const { columns } = fills;
  const scale = standardiser([fills, reals], kept);
  const rows = [reals, fills].flatMap((set) => kept.map((i) => scale(set, i)));
  const labels = Float64Array.from(rows, (_, i) => (i < kept.length ? 1 : -1));
  const gram = innerProducts(rows);
  const dual = solve(gram, labels);
  const weights = new Float64Array(columns);
  for (const [i, row] of rows.entries()) for (let k = 0; k < columns; k++) weights[k]! += dual[i]! * row[k]!;
  return (set, i) => dot(weights, scale(set, i));
}

/** Row i of a set, with mean 0 and mean square 1 / columns of each number over the rows kept. */
function standardiser(sets: readonly Matrix[], kept: readonly number[]): (of: Matrix, i: number) => Float64Array {
  const { columns } = sets[0]!;
  const [mean, factor] = [new Float64Array(columns), new Float64Array(columns)];
  const count = sets.length * kept.length;
  const each = (add: (k: number, v: number) => void) => {
    for (const { data } of sets) for (const i of kept) for (let k = 0; k < columns; k++) add(k, data[i * columns + k]!);
  };
  each((k, v) => {
    mean[k]! += v / count;
  });
  each((k, v) => {
    factor[k]! += (v - mean[k]!) ** 2 / count;
  });
  for (let k = 0; k < columns; k++) {
    const constant = Math.sqrt(factor[k]!) <= 1e-6 * Math.abs(mean[k]!);
    factor[k] = constant ? 0 : 1 / Math.sqrt(factor[k]! * columns);
  }
  return ({ data }, i) => mean.map((m, k) => (data[i * columns + k]! - m) * factor[k]!);
}

/** The lower triangle of the inner products of an even number of rows, the ridge on its diagonal; four at a time, for speed. */
function innerProducts(rows: readonly Float64Array[]): Float64Array[] {
  const gram = rows.map((_, i) => new Float64Array(i + 1));
  for (let i = 0; i < rows.length; i += 2) {
    for (let j = 0; j <= i; j += 2) {
      const [aa, ab, ba, bb] = blockOf(rows[i]!, rows[i + 1]!, rows[j]!, rows[j + 1]!);
      gram[i]![j] = aa;
      if (j < i) gram[i]![j + 1] = ab;
      gram[i + 1]![j] = ba;
      gram[i + 1]![j + 1] = bb;
    }
    gram[i]![i]! += RIDGE;
    gram[i + 1]![i + 1]! += RIDGE;
  }
  return gram;
}

/** The inner products ac, ad, bc, bd. */
function blockOf(a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): [number, number, number, number] {
  let ac = 0;
  let ad = 0;
  let bc = 0;
  let bd = 0;
  for (let k = 0; k < a.length; k++) {
    const x = c[k]!;
    const y = d[k]!;
    ac += a[k]! * x;
    ad += a[k]! * y;
    bc += b[k]! * x;
    bd += b[k]! * y;
  }
  return [ac, ad, bc, bd];
}

/** The solution of A x = b for a positive definite A, given by its lower triangle, which is overwritten by its Cholesky factor. */
function solve(a: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = b.slice();
  for (const [i, row] of a.entries()) {
    for (let j = 0; j < i; j++) row[j] = (row[j]! - dot(row, a[j]!, j)) / a[j]![j]!;
    row[i] = Math.sqrt(row[i]! - dot(row, row, i));
    x[i] = (x[i]! - dot(row, x, i)) / row[i]!;
  }
  for (let i = x.length - 1; i >= 0; i--) {
    x[i]! /= a[i]![i]!;
    for (let j = 0; j < i; j++) x[j]! -= a[i]![j]! * x[i]!;
  }
  return x;
}

/** The inner product of the first `length` numbers, by four sums that do not wait for each other. */
function dot(a: Float64Array, b: Float64Array, length = a.length): number {
  let p = 0;
  let q = 0;
  let r = 0;
  let s = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    p += a[k]! * b[k]!;
    q += a[k + 1]! * b[k + 1]!;
    r += a[k + 2]! * b[k + 2]!;
    s += a[k + 3]! * b[k + 3]!;
  }
  for (; k < length; k++) p += a[k]! * b[k]!;
  return p + q + r + s;
}
