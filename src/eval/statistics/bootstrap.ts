/** @file Means over pictures with 95 % intervals, by a bootstrap over photographs. */

import { LatentfillError } from '../../base/errors.ts';
import { random } from '../../base/random.ts';
import { numbered } from './photographs.ts';
import { normalTail, studentQuantile } from './quantiles.ts';

/** A mean over pictures, in the unit of the values, and its 95 % interval. */
export interface Estimate {
  readonly pictures: number;
  readonly photographs: number;
  readonly mean: number;
  /** Null, as `high`, when there is one photograph: its spread over photographs is unknown. */
  readonly low: number | null;
  readonly high: number | null;
}

const LEVEL = 0.95;
const DRAWS = 2000;

/** What intervals of as many photographs share. */
interface Resampling {
  /** Photographs that are drawn, [DRAWS, photographs]. */
  readonly drawn: Uint32Array;
  /** The fraction of the draws' means below the interval, and above it. */
  readonly tail: number;
}

const resamplings = new Map<number, Resampling>();

/**
 * The mean of `values`, one a picture, and its 95 % interval by a bootstrap over photographs: 2000 times, k of the k photographs
 * are drawn with replacement, each with all its pictures, and the mean is that over the pictures drawn (a cluster bootstrap; Davison
 * & Hinkley 1997, section 3.8). Pictures of one photograph depend on each other, and drawing them apart makes intervals too narrow.
 *
 * The interval takes expanded percentiles of these means (Hesterberg 2015, "Expanded Percentile Interval"):
 * Φ(−√(k / (k − 1)) · t) and its complement, with t the 97.5 % quantile of Student's t for k − 1 degrees of freedom. Those of 2.5
 * and 97.5 % are too narrow for few photographs. The interval never reaches beyond the means of single photographs, and so it is
 * too narrow even then for 4 photographs or fewer: in simulation 3 cover the truth in 75 % of cases, 5 in 92 %, 8 in 94 %.
 *
 * The draws depend only on k: equal input has an equal interval, and estimates over the same photographs share their draws.
 * @param photographs Of each picture, the name of its photograph.
 * @throws LatentfillError unless there is a photograph for each of one value or more.
 */
export function estimate(values: ArrayLike<number>, photographs: readonly string[]): Estimate {
  checkLengths(values.length, photographs.length);
  const { of, count } = numbered(photographs);
  const [sums, sizes] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < of.length; i++) {
    sums[of[i]!]! += values[i]!;
    sizes[of[i]!]!++;
  }
  const mean = sums.reduce((a, b) => a + b) / values.length;
  const counts = { pictures: values.length, photographs: count };
  if (count < 2) return { ...counts, mean, low: null, high: null };
  const { drawn, tail } = resampling(count);
  const means = resampledMeans(sums, sizes, drawn).sort();
  return { ...counts, mean, low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

/** {@link estimate} of the paired differences a − b: both have a value for each picture, in the same order. */
export function estimateDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  photographs: readonly string[],
): Estimate {
  checkLengths(b.length, a.length);
  return estimate(
    Float64Array.from(a, (value, i) => value - b[i]!),
    photographs,
  );
}

function resampling(count: number): Resampling {
  const known = resamplings.get(count);
  if (known) return known;
  const rng = random('bootstrap', count);
  const drawn = Uint32Array.from({ length: DRAWS * count }, () => Math.floor(rng() * count));
  const tail = normalTail(Math.sqrt(count / (count - 1)) * studentQuantile(LEVEL, count - 1));
  const made = { drawn, tail };
  resamplings.set(count, made);
  return made;
}

function resampledMeans(sums: Float64Array, sizes: Float64Array, drawn: Uint32Array): Float64Array {
  const means = new Float64Array(DRAWS);
  for (let draw = 0, at = 0; draw < DRAWS; draw++) {
    let [sum, size] = [0, 0];
    for (let k = 0; k < sums.length; k++, at++) {
      sum += sums[drawn[at]!]!;
      size += sizes[drawn[at]!]!;
    }
    means[draw] = sum / size;
  }
  return means;
}

/** Of sorted values, the order statistic at (n + 1) · p, between two of them in proportion. */
function quantile(sorted: Float64Array, p: number): number {
  const at = Math.min(sorted.length - 1, Math.max(0, (sorted.length + 1) * p - 1));
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

function checkLengths(values: number, photographs: number): void {
  if (values > 0 && values === photographs) return;
  throw new LatentfillError(
    'options',
    `Expected a value for each of one picture or more, got ${values} for ${photographs}: give each picture one.`,
  );
}
