/** @file Means with their 95 % intervals, by a bootstrap over photographs. */

import { random } from '../../base/random.ts';

/** A mean over pictures and its 95 % interval. */
export interface Estimate {
  readonly pictures: number;
  readonly photographs: number;
  readonly mean: number;
  /** null with one photograph, which says nothing of others. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Resamplings. */
const DRAWS = 2000;

/**
 * The mean of `values` and its interval. Photographs are drawn with replacement, all pictures of one come along (the
 * cluster bootstrap of Davison & Hinkley 1997, section 3.8), and the interval is taken at expanded percentiles
 * (Hesterberg 2015, section 5.3), so that few photographs give a wide one. The same values give the same interval.
 */
export function estimate(values: readonly number[], photographs: readonly string[]): Estimate {
  const groups = new Map<string, { sum: number; count: number }>();
  for (const [i, value] of values.entries()) {
    const group = groups.get(photographs[i]!) ?? { sum: 0, count: 0 };
    groups.set(photographs[i]!, { sum: group.sum + value, count: group.count + 1 });
  }
  const own = [...groups.values()];
  const counts = { pictures: values.length, photographs: own.length };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (own.length < 2) return { ...counts, mean, low: null, high: null };
  const draws = drawsOf(own.length);
  const means = new Float64Array(DRAWS);
  for (let d = 0; d < DRAWS; d++) {
    let [sum, count] = [0, 0];
    for (let i = 0; i < own.length; i++) {
      const group = own[draws[d * own.length + i]!]!;
      sum += group.sum;
      count += group.count;
    }
    means[d] = sum / count;
  }
  means.sort();
  const tail = expandedTail(own.length);
  return { ...counts, mean, low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

const kept = new Map<number, Uint32Array>();

/** Resamplings of `count` photographs, [draws, count]; the same for all figures, so that they can be compared. */
function drawsOf(count: number): Uint32Array {
  const found = kept.get(count);
  if (found) return found;
  const rng = random('bootstrap', count);
  const draws = Uint32Array.from({ length: DRAWS * count }, () => Math.floor(rng() * count));
  kept.set(count, draws);
  return draws;
}

/** The share of resamplings below the interval of `count` photographs: Φ(−√(n/(n−1)) t), t the 97.5 % point of n − 1. */
function expandedTail(count: number): number {
  return normalTail(Math.sqrt(count / (count - 1)) * studentQuantile(count - 1));
}

/** The 97.5 % point of Student's t, to three digits: by bisection of its distribution function for whole degrees of freedom (Abramowitz & Stegun 26.7.3–4). */
function studentQuantile(freedom: number): number {
  let [low, high] = [1.9, 13];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return low;
}

/** The probability that |t| is below `x`. */
function studentWithin(x: number, freedom: number): number {
  const angle = Math.atan(x / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** The probability that a standard normal number is above `z` (Abramowitz & Stegun 26.2.17, to 1e-7). */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}

/** By linear interpolation between sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return sorted[below]! + (at - below) * (above - sorted[below]!);
}
