import { describe, expect, test } from 'vitest';
import { PATIENCE, type PaceOptions, paceOf } from '../../src/inpaint/pace.ts';

const options: PaceOptions = {
  ...{ schedule: 'plateau', gradientTolerance: 0, plateau: 0, learningRate: 0.1, steps: 2000, isLast: true },
};

/** The rates and losses of a candidate whose loss is `loss` at each step, until it is over. */
function run(loss: (step: number, rate: number) => number, more: Partial<PaceOptions> = {}) {
  const pace = paceOf({ ...options, ...more });
  const rates: number[] = [];
  while (!pace.isOver) {
    rates.push(pace.rate());
    pace.tell(loss(rates.length, rates.at(-1)!), 1);
  }
  return { pace, rates };
}

describe('plateau', () => {
  test('a loss that keeps falling is followed to the last step, and has not converged', () => {
    const { pace, rates } = run((step) => 0.99 ** step);
    expect(rates).toHaveLength(2000);
    expect(rates[1000]).toBe(0.1);
    expect(pace.isConverged).toBe(false);
    expect(pace.fell).toBeCloseTo(1 - 0.99 ** PATIENCE, 6);
  });

  test('where it no longer falls the rate is halved, and the search ends where that brings nothing', () => {
    const { pace, rates } = run(() => 1);
    expect(rates).toHaveLength(6 * PATIENCE); // the first stretch has nothing to be compared with
    expect([...new Set(rates.slice(PATIENCE))]).toEqual([0.1, 0.05, 0.025, 0.0125, 0.00625]);
    expect(pace.isConverged).toBe(true);
    expect(pace.fell).toBe(0);
  });

  test('a smaller rate that brings something is kept as long as it does', () => {
    let last = 1;
    const { rates } = run((step, rate) => {
      if (rate < 0.1 && step < 500) last *= 0.99; // falls only once the rate was halved
      return last;
    });
    expect(rates.filter((rate) => rate === 0.05).length).toBeGreaterThan(350);
  });

  test('the rate rises at first, and falls to nothing in the last quarter, of the steps or of the time', () => {
    const { rates } = run((step) => 0.99 ** step, { steps: 100 });
    expect(rates.slice(0, 6).map((rate) => Math.round(1000 * rate))).toEqual([20, 40, 60, 80, 100, 100]);
    expect(rates[75]).toBeCloseTo(0.1, 5);
    expect(rates.at(-1)).toBeLessThan(0.001);
    const pace = paceOf(options);
    for (let i = 0; i < 10; i++) pace.tell(1, 1);
    expect(pace.rate(0.5)).toBe(0.1);
    expect(pace.rate(0.875)).toBeCloseTo(0.05, 6);
    expect(pace.rate(1)).toBe(0);
  });
});

test('a round that others follow takes its steps at a falling rate', () => {
  const { pace, rates } = run(() => 1, { isLast: false, steps: 20 });
  expect(rates).toHaveLength(20);
  expect(rates[10]).toBeCloseTo(0.05, 6);
  expect(pace.isConverged).toBe(false);
});

test.each([
  [{ schedule: 'constant', gradientTolerance: 2 }, 1],
  [{ schedule: 'constant', plateau: 7 }, 8],
  [{ schedule: 'constant', steps: 30 }, 30],
] as const)('papers stop as they say: %o', (more, steps) => {
  const { rates } = run(() => 1, more);
  expect(rates).toEqual(new Array(steps).fill(0.1));
});
