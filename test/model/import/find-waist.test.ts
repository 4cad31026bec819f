import { describe, expect, test } from 'vitest';
import { normal, random } from '../../../src/base/random.ts';
import { readOnnx } from '../../../src/graph/onnx/read.ts';
import { evaluate } from '../../../src/graph/reference/evaluate.ts';
import { input } from '../../../src/graph/value.ts';
import { importModel } from '../../../src/model/import/import.ts';
import { whitened } from '../../../src/model/import/whitened.ts';
import { spaceOf, untiedPoint } from '../../../src/model/spaces.ts';
import { styleGenerator, torchGenerator } from '../../helpers/networks.ts';
import { expectClose, noise } from '../../helpers/numbers.ts';

const settings = { name: 'styled', latent: 'normal', range: [-1, 1] } as const;
const bring = (generator: Uint8Array, more: object = {}) =>
  importModel({ generator, discriminator: null }, { ...settings, ...more });

describe('the whitened space', () => {
  const [size, count] = [4, 4000];
  const mixed = (rows: number) => {
    const v = normal(random(1, 'v'), rows * size);
    const mix = noise('mix', size * size);
    return Float32Array.from({ length: rows * size }, (_, at) => {
      const [row, i] = [Math.floor(at / size), at % size];
      let sum = 0.3 * i;
      for (let j = 0; j < size; j++) sum += v[row * size + j]! * mix[j * size + i]! * (j === 0 ? 5 : 1);
      return sum;
    });
  };
  const samples = mixed(count);

  test.each([1, 0.2, 0.01])('undoes a leaky ReLU of slope %d, and no other', async (slope) => {
    const bent = samples.map((x) => (x < 0 ? slope * x : x));
    expect((await whitened(bent, size)).slope).toBe(slope);
  });

  test('numbers that are normal become samples of the same mean and covariance; the first axis is the longest', async () => {
    const { onnx, axes } = await whitened(samples, size);
    expect(axes).toBeLessThan(4);
    const { outputs } = readOnnx(onnx, { inputShapes: { point: [count, size] } });
    const again = evaluate([outputs.waist!], { point: normal(random(2, 'again'), count * size) })[0]!;
    const moments = (data: ArrayLike<number>) => {
      const columns = [0, 1, 2, 3].map((i) => Array.from({ length: count }, (_, row) => data[row * size + i]!));
      const means = columns.map((column) => column.reduce((a, b) => a + b) / count);
      const products = means.flatMap((a, i) =>
        means.map((b, j) => columns[i]!.reduce((sum, x, row) => sum + (x - a) * (columns[j]![row]! - b), 0) / count),
      );
      return [...means, ...products];
    };
    const spread = Math.max(...moments(samples));
    expectClose(moments(again), moments(samples), 0.1 * spread);
    const moved = (axis: number) => {
      const point = new Float32Array(count * size);
      point[axis] = 1;
      const rows = evaluate([outputs.waist!], { point })[0]!;
      return Math.hypot(...[0, 1, 2, 3].map((i) => rows[i]! - rows[size + i]!));
    };
    const lengths = [0, 1, 2, 3].map(moved);
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
  });
});

test('a generator with a waist is searched there: the card names it, and points of it draw what the latent draws', async () => {
  const { model, notes } = await bring(styleGenerator());
  expect(model.card.waist).toMatchObject({ shape: [6], uses: 4 });
  expect(notes.at(-1)).toMatch(
    /^Holes are searched in '.+', \[6\] and used in 4 places, with its last leaky ReLU \(0\.2\) undone/,
  );
  const [waist, untied] = [spaceOf(model, 'waist')!, spaceOf(model, 'untied')!];
  expect([waist.points.latent, untied.points.latent]).toEqual([6, 24]);
  const point = noise('point', 6);
  const drawn = evaluate([waist.image(input('p', [1, 6]))], { p: point })[0]!;
  const free = evaluate([untied.image(input('p', [1, 24]))], { p: untiedPoint(point, waist, untied) })[0]!;
  expectClose(free, drawn, 1e-6);
  expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(0.1);
});

test('a tensor may be named; one that there is not is refused', async () => {
  const { model } = await bring(styleGenerator());
  const named = await bring(styleGenerator(), { searchIn: model.card.waist!.tensor });
  expect(named.model.card).toEqual(model.card);
  await expect(bring(styleGenerator(), { searchIn: 'nothing' })).rejects.toThrow(
    "in the option 'searchIn', got 'nothing'",
  );
  expect((await bring(torchGenerator())).model.card.waist).toBeUndefined();
});
