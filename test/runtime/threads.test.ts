import { expect, test } from 'vitest';
import { fastest } from '../../src/runtime/threads.ts';

/** Pieces that each number of threads did in 10 ms. */
const done = (pieces: Readonly<Record<number, number>>) =>
  new Map(Object.entries(pieces).map(([count, done]) => [Number(count), { pieces: done, ms: 10 }]));

test.each([
  ['all', { 1: 50, 2: 90 }, 2, '2 threads, 1.8 times as fast as one in a trial'],
  [
    'half, where more wait for each other',
    { 1: 50, 4: 150, 8: 100 },
    4,
    '4 threads, 3.0 times as fast as one in a trial',
  ],
  ['one, where others hold it up', { 1: 50, 2: 5 }, 1, 'one thread, as 2 were 0.1 times as fast in a trial'],
  ['one, where it is hardly slower', { 1: 50, 2: 60 }, 1, 'one thread, as 2 were 1.2 times as fast in a trial'],
  ['one, where nothing could be done', { 1: 0, 2: 3 }, 1, 'one thread, as the cores are too busy for a trial'],
  ['one, where none could', { 1: 0, 2: 0 }, 1, 'one thread, as the cores are too busy for a trial'],
])('takes %s', (_, pieces, count, reason) => {
  expect(fastest(done(pieces))).toEqual({ count, reason });
});

test('what was tried for longer is judged by its speed', () => {
  const tried = new Map([
    [1, { pieces: 10, ms: 10 }],
    [2, { pieces: 30, ms: 60 }],
  ]);
  expect(fastest(tried).count).toBe(1);
});
