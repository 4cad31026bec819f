import { expect, test } from 'vitest';
import { normal, random } from '../../../src/base/random.ts';
import { estimate } from '../../../src/eval/statistics/bootstrap.ts';

/** The share of 200 simulated experiments whose interval holds the truth, 0.5: differences with a skewed part. */
function coverage(photographs: number, each: number, asOne = true): number {
  let held = 0;
  for (let trial = 0; trial < 200; trial++) {
    const rng = random('coverage', photographs, each, trial);
    const common = normal(rng, photographs);
    const values = Array.from({ length: photographs * each }, (_, i) => {
      const skewed = -Math.log(1 - rng()) - 1;
      return 0.5 + 1.5 * common[Math.floor(i / each)]! + skewed;
    });
    const names = values.map((_, i) => `${asOne ? Math.floor(i / each) : i}`);
    const { low, high } = estimate(values, names);
    if (low! <= 0.5 && high! >= 0.5) held++;
  }
  return held / 200;
}

test('intervals hold a known difference in 92 to 98 of 100 experiments, with few photographs and with several crops of each too', () => {
  for (const [photographs, each] of [
    [64, 1],
    [30, 4],
    [12, 1],
    [6, 3],
  ] as const) {
    const share = coverage(photographs, each);
    expect([photographs, each, share >= 0.92 && share <= 0.98 ? 'good' : share]).toEqual([photographs, each, 'good']);
  }
});

test('crops of one photograph taken for pictures of their own would give intervals that are too narrow', () => {
  expect(coverage(30, 4, false)).toBeLessThan(0.8);
});

test('a mean over pictures, the same interval each time, and none for one photograph', () => {
  const values = [1, 2, 3, 6];
  const names = ['a', 'b', 'c', 'c'];
  const first = estimate(values, names);
  expect(first).toEqual(estimate([...values], [...names]));
  expect(first).toMatchObject({ pictures: 4, photographs: 3, mean: 3 });
  expect(first.low!).toBeLessThan(first.mean);
  expect(first.high!).toBeGreaterThan(first.mean);
  expect(estimate([2, 4], ['a', 'a'])).toEqual({ pictures: 2, photographs: 1, mean: 3, low: null, high: null });
});

test('few photographs give wide intervals: with three, about as wide as Student would', () => {
  const { low, high } = estimate([0, 1, 2], ['a', 'b', 'c']);
  expect(high! - low!).toBeGreaterThan(1.9);
});
