import { expect, test } from 'vitest';
import { rowByRow } from '../../src/image/grid.ts';

test('large grids are passed over in more pieces, each of few rows', () => {
  const count = (width: number, height: number) => {
    let [pieces, rows] = [0, 0];
    const work = rowByRow({ width, height }, (from, to) => {
      expect(from).toBe(rows + 1);
      rows = to - 1;
      pieces++;
    });
    let yields = 0;
    while (!work.next().done) yields++;
    expect(rows).toBe(height - 2);
    expect(yields).toBe(pieces - 1);
    return pieces;
  };
  expect(count(64, 64)).toBe(1);
  expect(count(1026, 1026)).toBeGreaterThanOrEqual(8);
  expect(count(200_000, 5)).toBe(3);
});
