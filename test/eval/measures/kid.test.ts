import { describe, expect, test } from 'vitest';
import { normal, random } from '../../../src/base/random.ts';
import { openDataset } from '../../../src/data/open-dataset.ts';
import { openFeatures } from '../../../src/eval/measures/features.ts';
import { type Matrix, matrix } from '../../../src/eval/measures/inner-products.ts';
import { distanceDifference, kernelDistance, pairedDistance } from '../../../src/eval/measures/kid.ts';
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

describe('fills and the pictures that were filled', () => {
  const [ROWS, COLUMNS, CROPS] = [60, 8, 3];
  const names = Array.from({ length: ROWS }, (_, i) => `photograph ${Math.floor(i / CROPS)}`);

  /** Crops of 20 photographs, which share a part, and fills: half of the numbers are the truth's, the others drawn anew and moved. */
  function trial(i: number, moved = 0): { fills: Matrix; reals: Matrix } {
    const photographs = drawn(ROWS / CROPS, COLUMNS, 0, 'photographs', i).data;
    const own = drawn(ROWS, COLUMNS, 0, 'own', i).data;
    const anew = drawn(ROWS, COLUMNS, 0, 'anew', i).data;
    const of = (p: number) => photographs[Math.floor(p / COLUMNS / CROPS) * COLUMNS + (p % COLUMNS)]!;
    const real = own.map((v, p) => Math.SQRT1_2 * (v + of(p)));
    const fill = real.map((v, p) => (p % 2 === 0 ? v : Math.SQRT1_2 * (anew[p]! + of(p)) + moved));
    const rows = { rows: ROWS, columns: COLUMNS };
    return { fills: { ...rows, data: fill }, reals: { ...rows, data: real } };
  }
  const mean = (of: readonly number[]) => of.reduce((a, b) => a + b) / of.length;
  const spread = (of: readonly number[]) => Math.sqrt(mean(of.map((v) => (v - mean(of)) ** 2)));
  const TRIALS = Array.from({ length: 80 }, (_, i) => i);

  test('are compared by definition: of all pairs, those of one photograph are left out', async () => {
    const { fills, reals } = trial(0);
    const row = (m: Matrix, i: number) => m.data.subarray(i * COLUMNS, (i + 1) * COLUMNS);
    const k = (a: Float32Array, b: Float32Array) => (a.reduce((s, v, i) => s + v * b[i]!, 0) / COLUMNS + 1) ** 3;
    const over = (a: Matrix, b: Matrix) => {
      const pairs = names.flatMap((p, i) => names.flatMap((q, j) => (p === q ? [] : [k(row(a, i), row(b, j))])));
      return mean(pairs);
    };
    const { value } = await pairedDistance(fills, reals, names);
    expect(value).toBeCloseTo(over(fills, fills) + over(reals, reals) - 2 * over(fills, reals), 5);
  });

  test('of one distribution are at 0 on average, and below it when pairs are not left out', async () => {
    const [paired, unpaired]: [number[], number[]] = [[], []];
    for (const i of TRIALS) {
      const { fills, reals } = trial(i);
      paired.push((await pairedDistance(fills, reals, names)).value);
      unpaired.push((await kernelDistance(fills, reals)).value);
    }
    const error = (of: readonly number[]) => spread(of) / Math.sqrt(TRIALS.length);
    expect(Math.abs(mean(paired))).toBeLessThan(3 * error(paired));
    expect(mean(unpaired)).toBeLessThan(-10 * error(unpaired));
  });

  test('have the standard error of their spread over draws, as has the difference of two methods', async () => {
    const [values, errors, differences, differenceErrors]: number[][] = [[], [], [], []];
    for (const i of TRIALS) {
      const { fills, reals } = trial(i, 0.5);
      const [a, b] = [
        await pairedDistance(fills, reals, names),
        await pairedDistance(trial(i, 0.4).fills, reals, names),
      ];
      values!.push(a.value);
      errors!.push(a.standardError);
      const { value, standardError } = distanceDifference(a, b);
      expect(value).toBe(a.value - b.value);
      differences!.push(value);
      differenceErrors!.push(standardError);
    }
    const ratios = [mean(errors!) / spread(values!), mean(differenceErrors!) / spread(differences!)];
    expect(Math.min(...ratios)).toBeGreaterThan(0.75);
    expect(Math.max(...ratios)).toBeLessThan(1.35);
    expect(spread(differences!)).toBeLessThan(0.5 * spread(values!));
  });

  test('of few photographs leave one out at a time', async () => {
    const { fills, reals } = trial(1);
    expect((await pairedDistance(fills, reals, names)).without.length).toBe(20);
    const seven = names.map((_, i) => `photograph ${i % 7}`);
    const { without } = await pairedDistance(fills, reals, seven);
    expect(without.length).toBe(7);
    const kept = seven.flatMap((name, i) => (name === 'photograph 2' ? [] : [i]));
    const only = (m: Matrix) => matrix(kept.map((i) => m.data.subarray(i * COLUMNS, (i + 1) * COLUMNS)));
    const alone = await pairedDistance(
      only(fills),
      only(reals),
      kept.map((i) => seven[i]!),
    );
    expect(without[2]).toBeCloseTo(alone.value, 5);
  });

  test('of too few photographs, or compared on others, are told of', async () => {
    const { fills, reals } = trial(2);
    const three = names.map((_, i) => `photograph ${i % 3}`);
    await expect(pairedDistance(fills, reals, three)).rejects.toThrow('at least 4 photographs');
    await expect(pairedDistance(fills, reals, names.slice(1))).rejects.toThrow('got 60 fills, 60 and 59');
    const [all, few] = [
      await pairedDistance(fills, reals, names),
      await pairedDistance(
        fills,
        reals,
        names.map((_, i) => `${i % 5}`),
      ),
    ];
    expect(() => distanceDifference(all, few)).toThrow('two distances to the same pictures, got 20 and 5');
  });
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
