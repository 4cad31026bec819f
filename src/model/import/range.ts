/** @file Checks that a generator's values lie in the range that the user states. */

import { LatentfillError } from '../../base/errors.ts';

/** Values of black and white. */
export type Range = readonly [black: number, white: number];

/** The ranges that generators are trained in, narrowest first. */
export const ranges: Readonly<Record<string, Range>> = { '0..1': [0, 1], '-1..1': [-1, 1], '0..255': [0, 255] };

/**
 * Compares sampled values with the stated range: null where they fit, a sentence where they look odd.
 * @throws LatentfillError where they clearly fit another of {@link ranges}.
 */
export function judgeRange(values: Float32Array, stated: Range): string | null {
  const sorted = values.slice().sort();
  const low = sorted[Math.floor(0.005 * (sorted.length - 1))]!; // without outliers
  const high = sorted[Math.ceil(0.995 * (sorted.length - 1))]!;
  const outside = share(values, (v) => !within(v, stated));
  const filled = (high - low) / (stated[1] - stated[0]);
  const likely = Object.keys(ranges).find((name) => plausible(low, high, ranges[name]!));
  const other = likely !== undefined && `${ranges[likely]}` !== `${stated}`;
  const seen = `values from ${low.toPrecision(3)} to ${high.toPrecision(3)}`;
  const name = `${stated[0]}..${stated[1]}`;
  if (other && (outside > 0.1 || filled < 0.02)) {
    throw new LatentfillError(
      'network',
      `Expected the generator's values to lie in ${name}, got ${seen} in its samples: set the option 'range' to ${likely}.`,
    );
  }
  if (outside > 0.01) return `${percent(outside)} of the sampled values lie outside ${name} (${seen}) and are cut off.`;
  if (other && low > -0.02 && stated[0] < 0) {
    return `The samples have ${seen}, none below 0: if the generator ends with a sigmoid, set the option 'range' to ${likely}.`;
  }
  return filled < 0.1
    ? `The samples have ${seen}, only ${percent(filled)} of ${name}: is the generator trained?`
    : null;
}

/** Whether a value lies in a range, with a tolerance. */
function within(value: number, [black, white]: Range): boolean {
  const slack = 0.02 * (white - black);
  return value >= black - slack && value <= white + slack;
}

function plausible(low: number, high: number, range: Range): boolean {
  return within(low, range) && within(high, range) && high - low > 0.1 * (range[1] - range[0]);
}

function share(values: Float32Array, holds: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (holds(value)) count++;
  return count / values.length;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toPrecision(2)} %`;
}
