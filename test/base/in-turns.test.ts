import { expect, test } from 'vitest';
import { finish, finishInTurns, turn, type Work } from '../../src/base/in-turns.ts';

/** Adds numbers up to `count`, a piece each; `each` sees how far it is. */
function* adding(count: number, each: (done: number) => void = () => {}): Work<number> {
  let sum = 0;
  for (let i = 1; i <= count; i++) {
    sum += i;
    each(i);
    yield;
  }
  return sum;
}

/** Computes for so many milliseconds. */
function idle(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('at once or in turns, work has the same end', async () => {
  expect(finish(adding(100))).toBe(5050);
  expect(await finishInTurns(adding(100))).toBe(5050);
});

test('no piece is begun after the signal was aborted, and its reason is thrown', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  let pieces = 0;
  const work = adding(100, (done) => {
    pieces = done;
    if (done === 7) controller.abort(reason);
  });
  await expect(finishInTurns(work, controller.signal)).rejects.toBe(reason);
  expect(pieces).toBe(7);
  pieces = 0;
  const never = adding(100, (done) => {
    pieces = done;
  });
  await expect(finishInTurns(never, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(pieces).toBe(0);
});

test('timers are heard while work goes on, and an abort from one ends it', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  let pieces = 0;
  const work = adding(10_000, (done) => {
    pieces = done;
    idle(3);
  });
  await expect(finishInTurns(work, controller.signal)).rejects.toThrow(/abort/);
  expect(pieces).toBeLessThan(5000);
});

test('what work throws reaches the caller', async () => {
  const broken = () =>
    adding(3, () => {
      throw new RangeError('broken');
    });
  expect(() => finish(broken())).toThrow(RangeError);
  await expect(finishInTurns(broken())).rejects.toThrow(RangeError);
});

test('a turn lets what waits go first', async () => {
  const order: string[] = [];
  setTimeout(() => order.push('timer'), 0);
  idle(5);
  for (let i = 0; i < 3; i++) await turn();
  order.push('turn');
  expect(order).toEqual(['timer', 'turn']);
});
