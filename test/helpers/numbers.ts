/** @file Numbers held against each other. */

import { expect } from 'vitest';

export { noise } from './noise.ts';

/** Fails unless every pair differs by at most `tolerance` times the larger of 1 and the expected size. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  expect(worst).toBeLessThanOrEqual(tolerance);
}
