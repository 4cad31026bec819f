import { describe, expect, test } from 'vitest';
import { normal, random } from '../../../src/base/random.ts';
import { openDataset } from '../../../src/data/open-dataset.ts';
import { openFeatures } from '../../../src/eval/measures/features.ts';
import { type Matrix, matrix } from '../../../src/eval/measures/inner-products.ts';
import { kernelDistance } from '../../../src/eval/measures/kid.ts';
import { type Image, image } from '../../../src/image/image.ts';
import { resizeImage } from '../../../src/image/resize.ts';

/** Rows of N(mean, 1). */
const drawn = (rows: number, columns: number, mean: number, ...name: (string | number)[]): Matrix => ({
  rows,
  columns,
  data: normal(random('kid', ...name), rows * columns).map((v) => v + mean),
});

/** The definition, pair by pair. */
function plain(x: Matrix, y: Matrix): number {
  const row = (m: Matrix, i: number) => m.data.subarray(i * m.columns, (i + 1) * m.columns);
  const k = (a: Float32Array, b: Float32Array) => (a.reduce((s, v, i) => s + v * b[i]!, 0) / a.length + 1) ** 3;
  const mean = (a: Matrix, b: Matrix) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < a.rows; i++) {
      for (let j = 0; j < b.rows; j++) {
        if (a === b && i === j) continue;
        sum += k(row(a, i), row(b, j));
        count++;
      }
    }
    return sum / count;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

test.each([
  [40, 40],
  [150, 37],
  [9, 260],
])('is the unbiased estimate of its definition, for %i and %i rows', async (m, n) => {
  const [x, y] = [drawn(m, 12, 0.3, 'x', m), drawn(n, 12, 0, 'y', n)];
  expect((await kernelDistance(x, y)).value).toBeCloseTo(plain(x, y), 5);
});

test('its standard error is the spread of its values over draws', async () => {
  const values: number[] = [];
  const errors: number[] = [];
  for (let i = 0; i < 60; i++) {
    const { value, standardError } = await kernelDistance(drawn(60, 4, 0.5, 'a', i), drawn(60, 4, 0, 'b', i));
    values.push(value);
    errors.push(standardError);
  }
  const mean = (of: number[]) => of.reduce((a, b) => a + b) / of.length;
  const spread = Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
  expect(mean(errors) / spread).toBeGreaterThan(0.75);
  expect(mean(errors) / spread).toBeLessThan(1.35);
});

test('too few rows are told of', async () => {
  await expect(kernelDistance(matrix([[1], [2], [3]]), drawn(9, 1, 0, 'y'))).rejects.toThrow('at least 4 images');
});

describe('on features of images', async () => {
  const SIDE = 32;
  const COUNT = 128;
  const load = async (split: 'train' | 'heldout') => {
    const faces = await openDataset('toon', { size: SIDE, split, count: COUNT });
    return Promise.all(Array.from({ length: COUNT }, (_, i) => faces.image(i)));
  };
  const [faces, heldout] = [await load('train'), await load('heldout')];
  const network = await openFeatures(SIDE);
  const target = await network.of(heldout);
  const distance = async (change: (face: Image, i: number) => Image) =>
    kernelDistance(await network.of(faces.map(change)), target);
  const noisy = (level: number) => (face: Image, i: number) => {
    const noise = normal(random('noise', i), face.data.length);
    return image(
      SIDE,
      SIDE,
      3,
      face.data.map((v, p) => Math.min(1, Math.max(0, v + level * noise[p]!))),
    );
  };
  const blurred = (side: number) => (face: Image) => resizeImage(resizeImage(face, side, side), SIDE, SIDE);

  test('two sets of one distribution are as near as the error says', async () => {
    const { value, standardError } = await distance((face) => face);
    expect(Math.abs(value)).toBeLessThan(4 * standardError);
    expect(standardError).toBeLessThan(0.005);
  });

  test('noise and blur move a set away, the more the further', async () => {
    const [same, weak, strong] = [
      await distance((face) => face),
      await distance(noisy(0.02)),
      await distance(noisy(0.08)),
    ];
    expect(weak.value).toBeGreaterThan(same.value + 10 * same.standardError);
    expect(strong.value).toBeGreaterThan(2 * weak.value);
    const [soft, softer] = [await distance(blurred(24)), await distance(blurred(12))];
    expect(soft.value).toBeGreaterThan(same.value + 10 * same.standardError);
    expect(softer.value).toBeGreaterThan(2 * soft.value);
  });

  test('faces of one kind are another set', async () => {
    const toon = await openDataset('toon', { size: SIDE, split: 'train', count: COUNT });
    const bun = faces.filter((_, i) => toon.attributes!(i).hair === 'bun');
    const { value, standardError } = await kernelDistance(await network.of(bun), target);
    expect(value).toBeGreaterThan(3 * standardError);
  });

  test('features do not depend on what else is in the batch', async () => {
    const alone = await network.of([heldout[5]!]);
    const row = target.data.subarray(5 * target.columns, 6 * target.columns);
    expect(Math.max(...alone.data.map((v, i) => Math.abs(v - row[i]!)))).toBeLessThan(1e-5);
  });
});
