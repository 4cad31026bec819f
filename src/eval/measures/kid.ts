/** @file The kernel distance between two sets of images (KID, Bińkowski et al. 2018), on features of any network. */

import { LatentfillError } from '../../base/errors.ts';
import { numbered } from '../statistics/photographs.ts';
import { eachProduct, type Matrix } from './inner-products.ts';

/** A squared distance; near 0, and as often below it, for two sets of one distribution. */
export interface KernelDistance {
  readonly value: number;
  readonly standardError: number;
}

/** A distance with those that leave out each group of the jackknife, so that distances to the same set can be compared. */
export interface PairedDistance extends KernelDistance {
  readonly without: Float64Array;
}

/** Groups of the jackknife at most. */
const GROUPS = 20;

/** Which rows of a set depend on each other, as numbers: rows of one photograph are not compared, and leave together. */
interface Grouped {
  readonly rows: Matrix;
  readonly photographs: ArrayLike<number>;
  /** Of each row, its group of the jackknife. */
  readonly groups: ArrayLike<number>;
}

/** The kernel between groups of rows: its sum and the number of pairs, each [groups, groups]. */
interface Kernel {
  readonly sums: Float64Array;
  readonly pairs: Float64Array;
}

/**
 * The unbiased estimate of the squared maximum mean discrepancy between the distributions of the rows of x [m, d] and
 * y [n, d] under the kernel (xᵀy/d + 1)³ (Bińkowski et al. 2018, section 4; Gretton et al. 2012, eq. 3). All pairs are
 * used at once; the standard error is that of a jackknife which leaves out a twentieth of both sets in turn.
 * Being unbiased, distances of sets of different sizes compare; those of other networks' features do not.
 * Rows of x must not depend on rows of y: for fills and the pictures that were filled there is {@link pairedDistance}.
 * @throws LatentfillError for fewer than 4 rows.
 */
export async function kernelDistance(x: Matrix, y: Matrix, signal?: AbortSignal): Promise<KernelDistance> {
  const fewest = Math.min(x.rows, y.rows);
  checkCount(fewest, 'images in each set');
  const groups = Math.min(GROUPS, Math.floor(fewest / 2));
  const alone = (rows: Matrix, first: number): Grouped => ({
    rows,
    photographs: Array.from({ length: rows.rows }, (_, i) => first + i),
    groups: Array.from({ length: rows.rows }, (_, i) => i % groups),
  });
  const { value, standardError } = await distance(alone(x, 0), alone(y, x.rows), groups, signal);
  return { value, standardError };
}

/**
 * {@link kernelDistance} between fills and the true pictures: row i of both is of `photographs[i]`. A fill shares its known pixels
 * with its true picture, and crops of one photograph are alike, so that pairs of rows of one photograph would bias the estimate
 * low; they are left out of all three means of the kernel, which keeps it unbiased when photographs are independent. The jackknife
 * leaves out whole photographs: a twentieth of them, or one at a time when there are fewer than 20.
 * @throws LatentfillError for fewer than 4 photographs, or unless there is a fill, a true picture and a photograph for each row.
 */
export async function pairedDistance(
  fills: Matrix,
  reals: Matrix,
  photographs: readonly string[],
  signal?: AbortSignal,
): Promise<PairedDistance> {
  const { of, count } = numbered(photographs);
  checkCount(count, 'photographs');
  checkPaired(fills.rows, reals.rows, photographs.length);
  const groups = Math.min(GROUPS, count);
  const both = { photographs: of, groups: of.map((photograph) => photograph % groups) };
  return distance({ rows: fills, ...both }, { rows: reals, ...both }, groups, signal);
}

/**
 * By how much a's distance exceeds b's, both by {@link pairedDistance} to the same true pictures in the same order. What chance
 * does to both cancels: the standard error is that of the jackknife of the difference.
 */
export function distanceDifference(a: PairedDistance, b: PairedDistance): KernelDistance {
  if (a.without.length !== b.without.length) {
    throw new LatentfillError(
      'data',
      `Expected two distances to the same pictures, got ${a.without.length} and ${b.without.length} groups of them: measure both on the same.`,
    );
  }
  const without = a.without.map((value, g) => value - b.without[g]!);
  return { value: a.value - b.value, standardError: jackknifeError(without) };
}

async function distance(x: Grouped, y: Grouped, groups: number, signal?: AbortSignal): Promise<PairedDistance> {
  const kernels = [
    await kernel(x, x, groups, signal),
    await kernel(y, y, groups, signal),
    await kernel(x, y, groups, signal),
  ];
  const of = (left?: number) => {
    const [xx, yy, xy] = kernels.map((one) => meanWithout(one, groups, left));
    return xx! + yy! - 2 * xy!;
  };
  const without = Float64Array.from({ length: groups }, (_, g) => of(g));
  return { value: of(), standardError: jackknifeError(without), without };
}

/** √((g − 1) / g · Σ (θ₍ᵢ₎ − θ̄)²) over g groups (Efron & Tibshirani 1993, eq. 11.5). */
function jackknifeError(without: Float64Array): number {
  const groups = without.length;
  const mean = without.reduce((a, b) => a + b) / groups;
  const squares = without.reduce((total, v) => total + (v - mean) ** 2, 0);
  return Math.sqrt(((groups - 1) / groups) * squares);
}

async function kernel(a: Grouped, b: Grouped, groups: number, signal?: AbortSignal): Promise<Kernel> {
  const [sums, pairs] = [new Float64Array(groups ** 2), new Float64Array(groups ** 2)];
  const { columns } = a.rows;
  const add = (i: number, j: number, product: number) => {
    if (a.photographs[i] === b.photographs[j]) return;
    const t = product / columns;
    const at = a.groups[i]! * groups + b.groups[j]!;
    // (t + 1)³ − 1: a constant falls out of the distance, and without it the sums keep their digits.
    sums[at]! += t * (3 + t * (3 + t));
    pairs[at]!++;
  };
  await eachProduct(a.rows, b.rows, add, signal);
  return { sums, pairs };
}

/** The kernel's mean over all pairs, or over those without a row of group `left`. */
function meanWithout({ sums, pairs }: Kernel, groups: number, left = -1): number {
  const total = (of: Float64Array) =>
    of.reduce((all, s, i) => (Math.floor(i / groups) === left || i % groups === left ? all : all + s), 0);
  return total(sums) / total(pairs);
}

function checkCount(count: number, what: string): void {
  if (count >= 4) return;
  throw new LatentfillError('data', `Expected at least 4 ${what} for a distance, got ${count}: add some.`);
}

function checkPaired(fills: number, reals: number, photographs: number): void {
  if (fills === reals && fills === photographs) return;
  throw new LatentfillError(
    'data',
    `Expected a true picture and a photograph for each fill, got ${fills} fills, ${reals} and ${photographs}: give each fill both.`,
  );
}
