import { expect, test } from 'vitest';
import { normal, permutation, random, uniform } from '../../src/base/random.ts';

const draw = (rng: () => number, count: number) => Array.from({ length: count }, rng);

test('a stream is named by its path alone', () => {
  expect(draw(random(1, 'a', 2), 5)).toEqual(draw(random(1, 'a', 2), 5));
  const others = [random(2, 'a', 2), random(1, 'b', 2), random(1, 'a', 3), random(1, 'a2')];
  for (const other of others) expect(draw(other, 5)).not.toEqual(draw(random(1, 'a', 2), 5));
});

test('neighbouring streams are not correlated', () => {
  const count = 2000;
  const [a, b] = [0, 1].map((k) => Array.from({ length: count }, (_, i) => random(i + k)() - 0.5));
  const correlation = a!.reduce((sum, x, i) => sum + x * b![i]!, 0) / count / (1 / 12);
  expect(Math.abs(correlation)).toBeLessThan(0.08);
});

test('uniform and normal draws have the moments of their distributions', () => {
  const moments = (xs: Float32Array) => {
    const mean = xs.reduce((s, x) => s + x, 0) / xs.length;
    return [mean, xs.reduce((s, x) => s + (x - mean) ** 2, 0) / xs.length];
  };
  const [mean, variance] = moments(normal(random('n'), 40_001));
  expect(Math.abs(mean!)).toBeLessThan(0.02);
  expect(Math.abs(variance! - 1)).toBeLessThan(0.03);
  const xs = uniform(random('u'), 40_000, -1, 1);
  const [uMean, uVariance] = moments(xs);
  expect(Math.abs(uMean!)).toBeLessThan(0.02);
  expect(Math.abs(uVariance! - 1 / 3)).toBeLessThan(0.01);
  expect(Math.max(...xs)).toBeLessThan(1);
  expect(Math.min(...xs)).toBeGreaterThanOrEqual(-1);
});

test('a permutation holds every index once, in an order of its own', () => {
  const order = permutation(random(3), 100);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect([...order]).not.toEqual([...permutation(random(4), 100)]);
});
