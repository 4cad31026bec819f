import { expect, test } from 'vitest';
import { LatentfillError } from '../../src/base/errors.ts';
import { type Batch, type BatchLoader, batchLoader } from '../../src/data/batches.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { picture } from '../helpers/pictures.ts';

/** Image i is i / 255 everywhere, but for its left column, which is white; those of `damaged` cannot be read. */
const counted = (length: number, damaged: (index: number) => boolean = () => false): Dataset & { drawn: number } => ({
  name: 'counted',
  length,
  size: 4,
  drawn: 0,
  captions: () => [],
  licence: { licence: 'none', attribution: 'none' },
  async image(i) {
    this.drawn++;
    if (damaged(i)) throw new LatentfillError('data', `Expected image ${i}, got noise.`);
    return picture(4, 4, (x) => (x === 0 ? 1 : i / 255));
  },
});

const batches = async (loader: BatchLoader, from: number, to: number) => {
  const all: Batch[] = [];
  for (let step = from; step < to; step++) all.push(await loader.load(step));
  return all;
};

test('each epoch shows every image once, in an order of its own', async () => {
  const loader = await batchLoader(counted(12), { batch: 4, seed: 1 });
  expect(loader.epochLength).toBe(3);
  const epoch = async (e: number) => (await batches(loader, 3 * e, 3 * e + 3)).flatMap(({ indices }) => [...indices]);
  const [first, second] = [await epoch(0), await epoch(1)];
  const sorted = Array.from({ length: 12 }, (_, i) => i);
  expect([...first].sort((a, b) => a - b)).toEqual(sorted);
  expect([...second].sort((a, b) => a - b)).toEqual(sorted);
  expect(first).not.toEqual(second);
});

test('a batch follows from seed and step alone', async () => {
  const open = (seed: number) =>
    batchLoader(
      counted(20, (i) => i % 4 === 0),
      { batch: 4, seed, flip: true },
    );
  const straight = await batches(await open(2), 0, 12);
  const resumed = await open(2);
  for (const step of [8, 3, 11, 3]) expect(await resumed.load(step)).toEqual(straight[step]);
  expect((await (await open(3)).load(8)).indices).not.toEqual(straight[8]!.indices);
});

test('pixels are in [−1, 1], their bytes exact, and drawn once', async () => {
  const dataset = counted(8);
  const loader = await batchLoader(dataset, { batch: 4, seed: 0 });
  for (const { images, indices } of await batches(loader, 0, 6)) {
    indices.forEach((index, i) => {
      expect(images[i * 48 + 1]).toBeCloseTo(index / 127.5 - 1, 6);
      expect(images[i * 48]).toBe(1);
    });
  }
  expect(dataset.drawn).toBe(8);
  const uncached = counted(8);
  await batches(await batchLoader(uncached, { batch: 4, seed: 0, cacheBytes: 48 * 3, ahead: 0 }), 0, 4);
  expect(uncached.drawn).toBe(3 + 2 * 5);
});

test('the next steps are made before they are asked for, and the last ones are kept', async () => {
  const dataset = counted(100);
  const loader = await batchLoader(dataset, { batch: 4, seed: 0, cacheBytes: 0, ahead: 3, keep: 2 });
  const first = await loader.load(0);
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  expect(dataset.drawn).toBe(4 * 4);
  expect(await loader.load(0)).toBe(first);
  await loader.load(1);
  expect(await loader.load(0)).toBe(first);
  await loader.load(50);
  expect(await loader.load(0)).not.toBe(first);
  expect(await loader.load(0)).toEqual(first);
});

test('flipping mirrors about half of the images, whole', async () => {
  const loader = await batchLoader(counted(16), { batch: 16, seed: 0, flip: true });
  let mirrored = 0;
  for (const { images } of await batches(loader, 0, 8)) {
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

test('one of several captions is drawn at every step, with its own embedding, or both are dropped', async () => {
  const all = new Float32Array(200).map((_, i) => i);
  const dataset: Dataset = {
    ...counted(20),
    captions: (i) => [`a ${i}`, `b ${i}`],
    embeddings: (i) => [0, 1].map((which) => all.subarray(10 * i + 5 * which, 10 * i + 5 * which + 5)),
  };
  const loader = await batchLoader(dataset, { batch: 20, seed: 0, captionDropout: 0.25 });
  const count = { a: 0, b: 0, none: 0 };
  for (const { indices, captions, embeddings } of await batches(loader, 0, 20)) {
    for (const [i, index] of indices.entries()) {
      const caption = captions[i]!;
      const which = (caption?.[0] ?? 'none') as keyof typeof count;
      count[which]++;
      expect(caption).toBe(which === 'none' ? null : `${which} ${index}`);
      const from = 10 * index + (which === 'b' ? 5 : 0);
      expect(embeddings![i]).toEqual(which === 'none' ? null : all.slice(from, from + 5));
      expect(embeddings![i]?.buffer.byteLength ?? 20).toBe(20); // no view into what belongs to the dataset
    }
  }
  for (const [which, expected] of [
    ['a', 150],
    ['b', 150],
    ['none', 100],
  ] as const) {
    expect(Math.abs(count[which] - expected)).toBeLessThan(40);
  }
  expect(await (await batchLoader(counted(4), { batch: 4, seed: 0 })).load(0)).not.toHaveProperty('embeddings');
});

test('in the place of a damaged image comes the next one, and the damaged are counted and named once', async () => {
  const isDamaged = (i: number) => i === 5 || i === 6 || i === 19;
  const whole = await batches(await batchLoader(counted(20), { batch: 5, seed: 4 }), 0, 8);
  const loader = await batchLoader(counted(20, isDamaged), { batch: 5, seed: 4 });
  const mended = await batches(loader, 0, 8);
  const standIn = (i: number) => (i === 19 ? 0 : i === 5 || i === 6 ? 7 : i);
  expect(mended.map(({ indices }) => [...indices])).toEqual(whole.map(({ indices }) => [...indices].map(standIn)));
  for (const { images, indices } of mended) {
    expect(images[1]).toBeCloseTo(indices[0]! / 127.5 - 1, 6);
  }
  expect([...loader.skipped].sort((a, b) => a.index - b.index)).toEqual(
    [5, 6, 19].map((index) => ({ index, reason: `Expected image ${index}, got noise.` })),
  );
});

test('an unlucky batch goes on; a dataset that is mostly damaged is one error', async () => {
  const few = await batchLoader(
    counted(200, (i) => i % 5 === 0),
    { batch: 2, seed: 0 },
  );
  for (const { indices } of await batches(few, 0, 200)) expect([...indices].some((i) => i % 5 === 0)).toBe(false);
  expect(few.skipped).toHaveLength(40);
  for (const share of [0.7, 1]) {
    const most = await batchLoader(
      counted(100, (i) => i < 100 * share),
      { batch: 8, seed: 0 },
    );
    const failed = batches(most, 0, 100);
    await expect(failed).rejects.toThrow(LatentfillError);
    await expect(failed).rejects.toThrow(
      /images of 'counted' that can be read, got \d+ damaged ones among 64: .*noise/,
    );
  }
});

test('a bug is not taken for a damaged image, and is told to who asks for its step', async () => {
  const dataset: Dataset = {
    ...counted(8),
    image: async (i) => {
      if (i === 3) throw new TypeError('a bug');
      return picture(4, 4, () => 0);
    },
  };
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', listen);
  const loader = await batchLoader(dataset, { batch: 1, seed: 0, ahead: 8 });
  const results = await Promise.allSettled(Array.from({ length: 8 }, (_, step) => loader.load(step)));
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(failed).toEqual([new TypeError('a bug')]);
  await batchLoader(dataset, { batch: 8, seed: 0 }).then(({ load }) => expect(load(0)).rejects.toThrow('a bug'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
});

test('too few images for a batch are an error', async () => {
  await expect(batchLoader(counted(3), { batch: 4, seed: 0 })).rejects.toThrow(
    /at least 4 training images for a batch, got 3/,
  );
});
