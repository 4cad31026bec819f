import { expect, test } from 'vitest';
import { batchLoader } from '../../src/data/batches.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { picture } from '../helpers/pictures.ts';

/** Image i is i / 255 everywhere, but for its left column, which is white. */
const counted = (length: number): Dataset & { drawn: number } => ({
  name: 'counted',
  length,
  size: 4,
  drawn: 0,
  captions: () => [],
  licence: { licence: 'none', attribution: 'none' },
  async image(i) {
    this.drawn++;
    return picture(4, 4, (x) => (x === 0 ? 1 : i / 255));
  },
});

test('each epoch shows every image once, in an order of its own', async () => {
  const loader = batchLoader(counted(12), { batch: 4, seed: 1 });
  expect(loader.epochLength).toBe(3);
  const epoch = async (e: number) => {
    const all: number[] = [];
    for (let i = 0; i < 3; i++) all.push(...(await loader.load(3 * e + i)).indices);
    return all;
  };
  const [first, second] = [await epoch(0), await epoch(1)];
  const sorted = Array.from({ length: 12 }, (_, i) => i);
  expect([...first].sort((a, b) => a - b)).toEqual(sorted);
  expect([...second].sort((a, b) => a - b)).toEqual(sorted);
  expect(first).not.toEqual(second);
});

test('a batch follows from seed and step alone', async () => {
  const straight = batchLoader(counted(20), { batch: 4, seed: 2, flip: true });
  for (let step = 0; step < 9; step++) await straight.load(step);
  const resumed = batchLoader(counted(20), { batch: 4, seed: 2, flip: true });
  expect(await resumed.load(8)).toEqual(await straight.load(8));
  expect((await resumed.load(8)).indices).not.toEqual(
    (await batchLoader(counted(20), { batch: 4, seed: 3 }).load(8)).indices,
  );
});

test('pixels are in [−1, 1], their bytes exact, and drawn once', async () => {
  const dataset = counted(8);
  const loader = batchLoader(dataset, { batch: 4, seed: 0 });
  for (let step = 0; step < 6; step++) {
    const { images, indices } = await loader.load(step);
    indices.forEach((index, i) => {
      expect(images[i * 48 + 1]).toBeCloseTo(index / 127.5 - 1, 6);
      expect(images[i * 48]).toBe(1);
    });
  }
  expect(dataset.drawn).toBe(8);
  const uncached = counted(8);
  const poor = batchLoader(uncached, { batch: 4, seed: 0, cacheBytes: 48 * 3 });
  for (let step = 0; step < 4; step++) await poor.load(step);
  expect(uncached.drawn).toBe(3 + 2 * 5);
});

test('flipping mirrors about half of the images, whole', async () => {
  const loader = batchLoader(counted(16), { batch: 16, seed: 0, flip: true });
  let mirrored = 0;
  for (let step = 0; step < 8; step++) {
    const { images } = await loader.load(step);
    for (let i = 0; i < 16; i++) {
      const rows = Array.from({ length: 12 }, (_, r) => [images[i * 48 + 4 * r], images[i * 48 + 4 * r + 3]]);
      const right = rows.every(([, end]) => end === 1);
      expect(right || rows.every(([start]) => start === 1)).toBe(true);
      if (right) mirrored++;
    }
  }
  expect(mirrored).toBeGreaterThan(40);
  expect(mirrored).toBeLessThan(88);
});

test('too few images for a batch are an error', () => {
  expect(() => batchLoader(counted(3), { batch: 4, seed: 0 })).toThrow(/at least 4 training images for a batch, got 3/);
});
