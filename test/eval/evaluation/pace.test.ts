import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paceOf } from '../../../src/eval/evaluation/pace.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

test('a lane that was timed goes on at its own speed, another at that of all, by the images it draws', () => {
  const pace = paceOf([
    { count: 4, evaluations: 0 },
    { count: 6, evaluations: 95 },
    { count: 2, evaluations: 195 },
  ]);
  const spend = (lane: number, count: number, seconds: number) => {
    pace.begin(lane);
    vi.advanceTimersByTime(1000 * seconds);
    pace.end(lane, count);
  };
  expect(pace).toMatchObject({ done: 0, all: 12 });
  expect(pace.left()).toBeUndefined();
  spend(1, 2, 20); // 10 s for each, 0.1 s for an image and 5 more
  expect(pace.done).toBe(2);
  expect(pace.left()).toBeCloseTo(4 * 0.5 + 4 * 10 + 2 * 20, 6);
  spend(0, 4, 0.04);
  expect(pace.left()).toBeCloseTo(4 * 10 + (2 * (200 * 20.04)) / (2 * 100 + 4 * 5), 6);
  spend(1, 4, 80);
  spend(2, 2, 9);
  expect(pace.done).toBe(12);
  expect(pace.left()).toBe(0);
});

test('nothing to do takes no time', () => {
  expect(paceOf([{ count: 0, evaluations: 9 }])).toMatchObject({ done: 0, all: 0 });
});
