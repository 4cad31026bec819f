import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { openDataset } from '../../../src/data/open-dataset.ts';
import { idxFile } from '../../helpers/data-files.ts';

let folder: string;
const open = (size: number, split: 'train' | 'heldout' = 'train', count?: number) =>
  openDataset(`fashion-mnist:${folder}`, { size, split, count });

/** Pictures whose pixel (x, y) is 8x + index, so that places and order show. */
const pictures = (count: number) =>
  Uint8Array.from({ length: count * 784 }, (_, i) => 8 * (i % 28) + Math.floor(i / 784));

function fill(prefix: string, labels: readonly number[]) {
  const images = idxFile([labels.length, 28, 28], pictures(labels.length));
  writeFileSync(join(folder, `${prefix}-images-idx3-ubyte.gz`), gzipSync(images));
  writeFileSync(
    join(folder, `${prefix}-labels-idx1-ubyte.gz`),
    gzipSync(idxFile([labels.length], Uint8Array.from(labels))),
  );
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
  fill('train', [9, 1, 0]);
  fill('t10k', [8]);
});

test('pictures get a black border at 32 pixels and three equal channels; the test files are held out', async () => {
  const train = await open(32);
  expect([train.length, (await open(32, 'heldout')).length, (await open(32, 'train', 2)).length]).toEqual([3, 1, 2]);
  const { data } = await train.image(2);
  for (let i = 0; i < 1024; i++) {
    const [x, y] = [i % 32, Math.floor(i / 32)];
    const inside = x >= 2 && x < 30 && y >= 2 && y < 30;
    for (let c = 0; c < 3; c++) expect(data[c * 1024 + i]).toBeCloseTo(inside ? (8 * (x - 2) + 2) / 255 : 0, 6);
  }
  expect((await (await open(28)).image(1)).data[27]).toBeCloseTo((8 * 27 + 1) / 255, 6);
  expect((await (await open(64)).image(0)).width).toBe(64);
});

test('class names are captions', async () => {
  const train = await open(32);
  expect([0, 1, 2].map((i) => train.captions(i)[0])).toEqual(['an ankle boot', 'trousers', 'a T-shirt']);
  expect(train.captions(0)[1]).toBe('a picture of an ankle boot');
  expect((await open(32, 'heldout')).attributes!(0)).toEqual({ class: 'bag' });
});

test('files that are not what they say are named', async () => {
  const images = join(folder, 'train-images-idx3-ubyte.gz');
  const labels = join(folder, 'train-labels-idx1-ubyte.gz');
  const told = async (pattern: RegExp) => {
    await expect(open(32)).rejects.toThrow(pattern);
    await expect(open(32)).rejects.toMatchObject({ name: 'LatentfillError' });
    fill('train', [9, 1, 0]);
  };
  writeFileSync(labels, gzipSync(idxFile([3], Uint8Array.of(1, 2, 10))));
  await told(/labels 0 to 9 in '.*', got 10 at 2/);
  writeFileSync(labels, gzipSync(idxFile([4], Uint8Array.of(1, 2, 3, 4))));
  await told(/3 pictures and 4 labels/);
  writeFileSync(images, gzipSync(idxFile([3, 4_000_000_000, 4_000_000_000], new Uint8Array(10))));
  await told(/3×4000000000×4000000000 = .* bytes after the header of '.*images-idx3-ubyte.gz', got 10/);
  writeFileSync(images, gzipSync(idxFile([3, 20, 20], new Uint8Array(1200))));
  await told(/pictures of 28×28 .* got 20×20/);
  writeFileSync(images, gzipSync(idxFile([9], new Uint8Array(9))));
  await told(/IDX file of 3-dimensional bytes/);
  writeFileSync(images, gzipSync(pictures(3)).subarray(0, 60));
  await told(/gzip file at '.*images-idx3-ubyte.gz', got a damaged one/);
  writeFileSync(images, gzipSync(Buffer.alloc(65_000_000)));
  await told(/more than 64.0 MB once unpacked/);
  await expect(openDataset('fashion-mnist:/nowhere', { size: 32, split: 'train' })).rejects.toThrow(/apt-get install/);
});
