import { expect, test } from 'vitest';
import { cropImage, cropMask, paste } from '../../src/image/crop.ts';
import { mask } from '../../src/image/image.ts';
import { resizeImage, resizeMask } from '../../src/image/resize.ts';
import { expectClose } from '../helpers/numbers.ts';
import { noisePicture, picture } from '../helpers/pictures.ts';

const mean = (data: Float32Array) => data.reduce((s, v) => s + v, 0) / data.length;

test('shrinking averages areas: means are kept, also at odd ratios', () => {
  const from = noisePicture(50, 35, 1);
  for (const [w, h] of [
    [25, 7],
    [20, 14],
    [17, 11],
    [1, 1],
  ] as const) {
    expect(mean(resizeImage(from, w, h).data)).toBeCloseTo(mean(from.data), 5);
  }
  const checked = picture(4, 4, (x, y) => (x + y) % 2);
  expect([...resizeImage(checked, 2, 2).data]).toEqual(new Array(12).fill(0.5));
});

test('enlarging keeps flat areas and ramps, and stays in range', () => {
  const flat = picture(5, 4, () => 0.3);
  expectClose(resizeImage(flat, 13, 9).data, new Float32Array(3 * 117).fill(0.3), 1e-6);
  const ramp = resizeImage(
    picture(16, 4, (x) => x / 16),
    32,
    8,
  );
  for (let x = 6; x < 26; x++) expect(ramp.data[3 * 32 + x]).toBeCloseTo(((x + 0.5) / 2 - 0.5) / 16, 5);
  const bounds = resizeImage(noisePicture(9, 9, 3), 40, 40).data;
  expect(Math.min(...bounds)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...bounds)).toBeLessThanOrEqual(1);
});

test('the same size is the same picture; masks follow', () => {
  const from = noisePicture(7, 5, 2);
  expect(resizeImage(from, 7, 5)).toBe(from);
  const half = resizeMask(mask(4, 2, Float32Array.of(1, 1, 0, 0, 1, 1, 0, 0)), 2, 1);
  expect([...half.data]).toEqual([1, 0]);
});

test('a piece that was cut out fits back in', () => {
  const from = noisePicture(20, 12, 4);
  const box = { x: 3, y: 2, width: 9, height: 7 };
  const piece = cropImage(from, box);
  expect(piece.data[1 * 63 + 2 * 9 + 4]).toBe(from.data[1 * 240 + 4 * 20 + 7]);
  expect(paste(from, piece, box).data).toEqual(from.data);
  const other = paste(from, noisePicture(9, 7, 9), box);
  expect(cropImage(other, box).data).toEqual(noisePicture(9, 7, 9).data);
  expect(other.data.filter((v, i) => v !== from.data[i]).length).toBeLessThanOrEqual(3 * 63);
  expect([
    ...cropMask(mask(3, 2, Float32Array.of(0, 1, 0, 0, 0, 1)), { x: 1, y: 0, width: 2, height: 2 }).data,
  ]).toEqual([1, 0, 0, 1]);
});

test('averages stay within the range, so that a whole hole stays a whole hole', () => {
  const whole = mask(50, 50, new Float32Array(2500).fill(1));
  for (const n of [3, 7, 17, 33, 49]) expect(new Set(resizeMask(whole, n, n).data)).toEqual(new Set([1]));
  const edge = resizeMask(mask(4, 1, Float32Array.of(0, 0, 1, 1)), 16, 1);
  expect(Math.min(...edge.data)).toBe(0);
  expect(Math.max(...edge.data)).toBe(1);
  expect([...edge.data]).toEqual([...edge.data].sort());
});

test('rectangles that reach outside, and patches of another size, are refused', () => {
  const from = noisePicture(6, 4, 1);
  for (const box of [
    { x: 3, y: 0, width: 4, height: 2 },
    { x: -1, y: 0, width: 2, height: 2 },
    { x: 0, y: 3, width: 2, height: 2 },
  ]) {
    expect(() => cropImage(from, box)).toThrow(/^Expected a rectangle within 6×4, got .*\.$/);
    expect(() => paste(from, noisePicture(box.width, box.height, 2), box)).toThrow(/within 6×4/);
  }
  expect(() => paste(from, noisePicture(3, 2, 2), { x: 0, y: 0, width: 2, height: 2 })).toThrow(/patch of 2×2×3/);
});
