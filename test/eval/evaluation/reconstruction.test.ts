import { expect, test } from 'vitest';
import { reconstructed } from '../../../src/eval/evaluation/reconstruction.ts';
import { picture, rectangle } from '../../helpers/pictures.ts';

const truth = picture(8, 6, (x, y, c) => (x + 8 * y + 48 * c) / 255);
const hole = rectangle(8, 6, [3, 2, 2, 2]);
const drawn = (size: number) => picture(size, size, (x, y, c) => (100 + x + size * y + 10 * c) / 255);

test('a view within the picture shows what was drawn, the rest is the picture; what no view shows is unknown', () => {
  const box = { x: 2, y: 1, width: 4, height: 4 };
  const { image, unknown } = reconstructed(truth, hole, [{ box, generated: drawn(4) }]);
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 8; x++) {
      const seen = x >= 2 && x < 6 && y >= 1 && y < 5;
      const missing = x >= 3 && x < 5 && y >= 2 && y < 4;
      expect(unknown.data[8 * y + x], `${x} ${y}`).toBe(seen && !missing ? 0 : 1);
      for (let c = 0; c < 3; c++) {
        const expected = seen ? (100 + (x - 2) + 4 * (y - 1) + 10 * c) / 255 : truth.data[48 * c + 8 * y + x]!;
        expect(image.data[48 * c + 8 * y + x], `${x} ${y} ${c}`).toBeCloseTo(expected, 6);
      }
    }
  }
});

test('of a view that reaches beyond the picture, on any side, the part within is shown where it lies', () => {
  for (const [x0, y0] of [
    [-2, -1],
    [6, 4],
    [-1, 3],
    [0, -2],
  ] as const) {
    const box = { x: x0, y: y0, width: 4, height: 4 };
    const { image, unknown } = reconstructed(truth, hole, [{ box, generated: drawn(4) }]);
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 8; x++) {
        const seen = x >= x0 && x < x0 + 4 && y >= y0 && y < y0 + 4;
        const expected = seen ? (100 + (x - x0) + 4 * (y - y0)) / 255 : truth.data[8 * y + x]!;
        expect(image.data[8 * y + x], `${x0} ${y0}: ${x} ${y}`).toBeCloseTo(expected, 6);
        if (!seen) expect(unknown.data[8 * y + x]).toBe(1);
      }
    }
  }
});

test('a view of another size is resized; several views are laid one over another, and all that they show is known', () => {
  const flat = (value: number) => picture(4, 4, () => value);
  const { image, unknown } = reconstructed(truth, hole, [
    { box: { x: -4, y: -4, width: 10, height: 10 }, generated: flat(0.25) },
    { box: { x: 4, y: 0, width: 6, height: 6 }, generated: flat(0.75) },
  ]);
  const row = (y: number) => Array.from(image.data.subarray(8 * y, 8 * y + 8), (v) => Math.round(100 * v) / 100);
  expect(row(0)).toEqual([0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75]);
  expect(row(5)).toEqual([0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75]);
  expect([...unknown.data]).toEqual([...hole.data]);
});
