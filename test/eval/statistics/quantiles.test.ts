import { expect, test } from 'vitest';
import { normalTail, studentQuantile } from '../../../src/eval/statistics/quantiles.ts';

// The printed table (Abramowitz & Stegun 1964, table 26.10, A = 0.95), and two columns of it more.
test.each([
  [1, 12.706],
  [2, 4.303],
  [3, 3.182],
  [4, 2.776],
  [5, 2.571],
  [10, 2.228],
  [11, 2.201],
  [30, 2.042],
  [63, 1.998],
  [120, 1.98],
  [299, 1.968],
  [2000, 1.961],
])('95 %% of t with %i degrees of freedom lie within %f', (freedom, t) => {
  expect(studentQuantile(0.95, freedom)).toBeCloseTo(t, 3);
});

test('other levels of t', () => {
  expect(studentQuantile(0.99, 1)).toBeCloseTo(63.657, 2);
  expect(studentQuantile(0.99, 10)).toBeCloseTo(3.169, 3);
  expect(studentQuantile(0.5, 2)).toBeCloseTo(0.8165, 4);
});

test('tails of the normal distribution', () => {
  expect(normalTail(0)).toBeCloseTo(0.5, 6);
  expect(normalTail(1.959964)).toBeCloseTo(0.025, 6);
  expect(normalTail(3)).toBeCloseTo(0.0013499, 6);
  expect(normalTail(18)).toBeLessThan(1e-60);
});
