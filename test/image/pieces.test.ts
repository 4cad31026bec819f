import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { piecesOf } from '../../src/image/pieces.ts';

/** The pieces of rows of text, # for pixels that are in. */
function ofText(rows: readonly string[]) {
  const width = rows[0]!.length;
  return piecesOf(width, rows.length, (i) => rows[Math.floor(i / width)]![i % width] === '#');
}

test('pixels that touch, at corners too, are one piece; rows do not wrap', () => {
  const { areas, atBorder } = ofText([
    '......#',
    '#......',
    '..#.#..',
    '...#...',
    '.......',
    '..#.#..',
    '..###..',
    '.......',
  ]);
  expect([...areas].sort()).toEqual([1, 1, 3, 5]);
  expect(atBorder.map((outer, i) => [areas[i], outer])).toEqual(
    expect.arrayContaining([
      [1, true],
      [3, false],
      [5, false],
    ]),
  );
});

test('the same as a flood fill, on noise', () => {
  for (const [seed, share] of [0.2, 0.4, 0.6].entries()) {
    const rng = random('pieces', seed);
    const [width, height] = [41, 29];
    const isIn = Uint8Array.from({ length: width * height }, () => (rng() < share ? 1 : 0));
    const label = new Int32Array(isIn.length).fill(-1);
    const areas: number[] = [];
    for (let start = 0; start < isIn.length; start++) {
      if (isIn[start] === 0 || label[start] !== -1) continue;
      const piece = areas.push(0) - 1;
      const open = [start];
      label[start] = piece;
      for (let i = open.pop(); i !== undefined; i = open.pop()) {
        areas[piece]!++;
        for (let d = 0; d < 9; d++) {
          const x: number = (i % width) + (d % 3) - 1;
          const y: number = Math.floor(i / width) + Math.floor(d / 3) - 1;
          const j = y * width + x;
          if (x < 0 || y < 0 || x >= width || y >= height || isIn[j] === 0 || label[j] !== -1) continue;
          label[j] = piece;
          open.push(j);
        }
      }
    }
    const pieces = piecesOf(width, height, (i) => isIn[i] === 1);
    expect([...pieces.areas].sort()).toEqual(areas.sort());
    let covered = 0;
    pieces.forEachRun((from, to) => {
      covered += to - from;
    });
    expect(covered).toBe(areas.reduce((a, b) => a + b, 0));
  }
});
