import { expect, test } from 'vitest';
import { normal, type Random, random } from '../../../src/base/random.ts';
import { type Estimate, estimate, estimateDifference } from '../../../src/eval/statistics/bootstrap.ts';

const TRUTH = 0.3;
const EXPERIMENTS = 400;

/** A draw of mean 0 and variance 1, partly normal, partly exponential: its skewness is about 0.6. */
const skewed = (rng: Random) => Math.sqrt(0.55) * normal(rng, 1)[0]! + Math.sqrt(0.45) * (-Math.log(1 - rng()) - 1);

/** Scores of two methods on crops of photographs: what the photograph adds to the difference is shared by its crops. */
function experiment(photographs: number, crops: number, rng: Random) {
  const [a, b, names]: [number[], number[], string[]] = [[], [], []];
  for (let i = 0; i < photographs; i++) {
    const [level, own] = [20 + 5 * skewed(rng), skewed(rng)];
    for (let c = 0; c < crops; c++) {
      b.push(level + 0.5 * skewed(rng));
      a.push(b.at(-1)! + TRUTH + own + (crops > 1 ? 0.5 * skewed(rng) : 0));
      names.push(`photograph ${i}`);
    }
  }
  return { a, b, names };
}

/** The share of experiments whose interval covers the truth. */
function coverage(photographs: number, crops: number, of: (e: ReturnType<typeof experiment>) => Estimate): number {
  let covered = 0;
  for (let i = 0; i < EXPERIMENTS; i++) {
    const { low, high } = of(experiment(photographs, crops, random('coverage', photographs, crops, i)));
    if (low! <= TRUTH && TRUTH <= high!) covered++;
  }
  return covered / EXPERIMENTS;
}

test.each([
  ['64 photographs', 64, 1],
  ['30 photographs with 4 crops each', 30, 4],
  ['12 photographs', 12, 1],
])('a 95 %% interval of %s covers the truth in about 95 %% of experiments', (_, photographs, crops) => {
  const share = coverage(photographs, crops, ({ a, b, names }) => estimateDifference(a, b, names));
  expect(share).toBeGreaterThanOrEqual(0.92);
  expect(share).toBeLessThanOrEqual(0.98);
});

test('crops that are taken for photographs of their own make it far too narrow', () => {
  const apart = coverage(30, 4, ({ a, b }) => estimateDifference(a, b, a.map(String)));
  expect(apart).toBeLessThan(0.8);
});

test('pairing matters: means of both methods vary far more than their difference', () => {
  const { a, b, names } = experiment(64, 1, random('pairing'));
  const width = ({ low, high }: Estimate) => high! - low!;
  expect(width(estimateDifference(a, b, names))).toBeLessThan(0.5 * width(estimate(a, names)));
});

test('the interval of many photographs is that of the normal distribution', () => {
  const values = normal(random('many'), 1000);
  const { mean, low, high } = estimate(values, Array.from(values, String));
  const error = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 999 / 1000);
  expect((high! - mean) / error).toBeCloseTo(1.96, 0);
  expect((mean - low!) / error).toBeCloseTo(1.96, 0);
});

test('of few photographs it is as wide as that of Student, on average', () => {
  let ratio = 0;
  for (let i = 0; i < 200; i++) {
    const values = normal(random('few', i), 12);
    const { mean, low, high } = estimate(values, Array.from(values, String));
    const error = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 11 / 12);
    ratio += (high! - low!) / (2 * error) / 200;
  }
  expect(Math.abs(ratio - 2.201)).toBeLessThan(0.05);
});

test('the mean is over pictures; photographs of many count for more, and may lie anywhere in the list', () => {
  const { mean, pictures, photographs } = estimate([1, 5, 1, 1], ['a', 'b', 'a', 'a']);
  expect([mean, pictures, photographs]).toEqual([2, 4, 2]);
  const together = estimate([1, 2, 3, 7, 8, 9], ['a', 'a', 'b', 'b', 'c', 'c']);
  expect(estimate([1, 3, 8, 9, 7, 2], ['a', 'b', 'c', 'c', 'b', 'a'])).toEqual(together);
});

test('drawn photographs bring all their pictures: of two, the draws have three means', () => {
  // Draws are (a, a): 0, (a, b): 9 of 4 pictures, (b, b): 9; expanded percentiles of two photographs are the extremes.
  const { mean, low, high } = estimate([0, 0, 0, 9], ['a', 'a', 'a', 'b']);
  expect([mean, low, high]).toEqual([2.25, 0, 9]);
  const equal = estimate([4, 4, 4], ['a', 'b', 'c']);
  expect([equal.low, equal.high]).toEqual([4, 4]);
});

test('equal input has an equal interval, and estimates over the same photographs share their draws', () => {
  const { a, names } = experiment(20, 3, random('same'));
  const first = estimate(a, names);
  expect(estimate(a, names)).toEqual(first);
  const moved = estimate(
    a.map((v) => 2 * v + 1),
    names,
  );
  expect(moved.low).toBeCloseTo(2 * first.low! + 1, 9);
  expect(moved.high).toBeCloseTo(2 * first.high! + 1, 9);
});

test('one photograph has a mean and no interval', () => {
  expect(estimate([1, 2], ['a', 'a'])).toEqual({ pictures: 2, photographs: 1, mean: 1.5, low: null, high: null });
});

test('values without photographs are told of', () => {
  expect(() => estimate([1, 2], ['a'])).toThrow('got 2 for 1');
  expect(() => estimate([], [])).toThrow('Expected a value');
  expect(() => estimateDifference([1, 2], [1], ['a', 'b'])).toThrow('Expected a value');
});
