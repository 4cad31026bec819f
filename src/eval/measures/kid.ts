/** @file The kernel distance between two sets of images (KID, Bińkowski et al. 2018), on features of any network. */

import { LatentfillError } from '../../base/errors.ts';
import { eachProduct, type Matrix } from './inner-products.ts';

/** A squared distance; near 0, and as often below it, for two sets of one distribution. */
export interface KernelDistance {
  readonly value: number;
  readonly standardError: number;
}

/** Groups of the jackknife at most. */
const GROUPS = 20;

/**
 * The unbiased estimate of the squared maximum mean discrepancy between the distributions of the rows of x [m, d] and
 * y [n, d] under the kernel (xᵀy/d + 1)³ (Bińkowski et al. 2018, section 4; Gretton et al. 2012, eq. 3). All pairs are
 * used at once; the standard error is that of a jackknife which leaves out a twentieth of both sets in turn.
 * Being unbiased, distances of sets of different sizes compare; those of other networks' features do not.
 * @throws LatentfillError for fewer than 4 rows.
 */
export async function kernelDistance(x: Matrix, y: Matrix, signal?: AbortSignal): Promise<KernelDistance> {
  const fewest = Math.min(x.rows, y.rows);
  if (fewest < 4) {
    throw new LatentfillError(
      'data',
      `Expected at least 4 images in each set for a distance, got ${fewest}: add some.`,
    );
  }
  const groups = Math.min(GROUPS, Math.floor(fewest / 2));
  const sums = {
    xx: await kernelSums(x, x, groups, signal),
    yy: await kernelSums(y, y, groups, signal),
    xy: await kernelSums(x, y, groups, signal),
  };
  const value = estimate(sums, x.rows, y.rows, groups);
  const without = Array.from({ length: groups }, (_, g) => estimate(sums, x.rows, y.rows, groups, g));
  const mean = without.reduce((a, b) => a + b) / groups;
  const squares = without.reduce((total, v) => total + (v - mean) ** 2, 0);
  return { value, standardError: Math.sqrt(((groups - 1) / groups) * squares) };
}

/** Sums of the kernel between groups of rows [groups, groups]; row i is in group i mod groups, and is not paired with itself. */
async function kernelSums(a: Matrix, b: Matrix, groups: number, signal?: AbortSignal): Promise<Float64Array> {
  const sums = new Float64Array(groups * groups);
  const same = a === b;
  const add = (i: number, j: number, product: number) => {
    if (same && i === j) return;
    const t = product / a.columns;
    // (t + 1)³ − 1: a constant falls out of the distance, and without it the sums keep their digits.
    sums[(i % groups) * groups + (j % groups)]! += t * (3 + t * (3 + t));
  };
  await eachProduct(a, b, add, signal);
  return sums;
}

/** The distance, of all rows or without those of group `left`. */
function estimate(
  { xx, yy, xy }: Readonly<Record<'xx' | 'yy' | 'xy', Float64Array>>,
  m: number,
  n: number,
  groups: number,
  left = -1,
): number {
  const total = (sums: Float64Array) =>
    sums.reduce((all, s, i) => (Math.floor(i / groups) === left || i % groups === left ? all : all + s), 0);
  const kept = (rows: number) => rows - (left < 0 ? 0 : Math.ceil((rows - left) / groups));
  const [p, q] = [kept(m), kept(n)];
  return total(xx) / (p * (p - 1)) + total(yy) / (q * (q - 1)) - (2 * total(xy)) / (p * q);
}
