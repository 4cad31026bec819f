import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.ts';
import { openDataset } from '../../../src/data/open-dataset.ts';
import { writeImage } from '../../../src/image/image-file.ts';
import { picture } from '../../helpers/pictures.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
});

async function fill(count: number) {
  for (let i = 0; i < count; i++)
    await writeImage(
      join(folder, `${i}.png`),
      picture(12, 8, (x) => (x < 2 || x >= 10 ? 1 : i / 255)),
    );
}

test('images are split by name for good, cut to their middle square and resized', async () => {
  await fill(40);
  mkdirSync(join(folder, 'more'));
  await writeImage(
    join(folder, 'more', 'deep.png'),
    picture(8, 8, () => 0.5),
  );
  const train = await openDataset(folder, { size: 4, split: 'train' });
  const heldout = await openDataset(folder, { size: 4, split: 'heldout' });
  expect(train.length + heldout.length).toBe(41);
  expect(heldout.length).toBeGreaterThan(0);
  const values = new Set<number>();
  for (const dataset of [train, heldout]) {
    for (let i = 0; i < dataset.length; i++) {
      const { data, width } = await dataset.image(i);
      expect(width).toBe(4);
      expect(new Set(data).size).toBe(1); // the white margins are cut off
      values.add(data[0]!);
    }
  }
  expect(values.size).toBe(41);
  expect((await openDataset(`folder:${folder}`, { size: 4, split: 'train', count: 3 })).length).toBe(3);
});

test('captions come from captions.jsonl, one or several', async () => {
  await fill(5);
  const lines = [
    { file: '0.png', caption: 'a' },
    { file: '1.png', captions: ['b', 'c'] },
    { file: '0.png', caption: 'd' },
  ];
  writeFileSync(join(folder, 'captions.jsonl'), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  const [train, heldout] = [
    await openDataset(folder, { size: 4, split: 'train' }),
    await openDataset(folder, { size: 4, split: 'heldout' }).catch(() => undefined),
  ];
  const all = [train, ...(heldout ? [heldout] : [])].flatMap((d) =>
    Array.from({ length: d.length }, (_, i) => [...d.captions(i)]),
  );
  expect(all.filter((c) => c.length > 0).sort()).toEqual([
    ['a', 'd'],
    ['b', 'c'],
  ]);
});

test('what is wrong is told in one sentence', async () => {
  await expect(openDataset(join(folder, 'none'), { size: 4, split: 'train' })).rejects.toThrow(
    /Expected one of toon, .* or a folder of images as data/,
  );
  await expect(openDataset('folder', { size: 4, split: 'train' })).rejects.toThrow(/as folder:PATH, got 'folder'/);
  await expect(openDataset('toon:here', { size: 4, split: 'train' })).rejects.toThrow(/leave the path out/);
  await expect(openDataset(folder, { size: 4, split: 'train' })).rejects.toThrow(/got none: add some/);
  await fill(3);
  writeFileSync(join(folder, 'captions.jsonl'), '{"file": "0.png", "caption": "a"}\n{"file": 3}\n');
  await expect(openDataset(folder, { size: 4, split: 'train' })).rejects.toThrow(/in line 2 of/);
  writeFileSync(join(folder, 'captions.jsonl'), 'no\n');
  await expect(openDataset(folder, { size: 4, split: 'train' })).rejects.toThrow(/in line 1 of .*got 'no'/);
});

test('a damaged image is named when it is read, and the others still can be', async () => {
  await fill(3);
  writeFileSync(join(folder, 'broken.png'), 'no');
  const splits = (['train', 'heldout'] as const).map((split) => openDataset(folder, { size: 4, split }));
  const messages: string[] = [];
  let read = 0;
  for (const { status, value } of (await Promise.allSettled(splits)) as PromiseFulfilledResult<Dataset>[]) {
    if (status !== 'fulfilled') continue; // three images may all be in one split
    for (let i = 0; i < value.length; i++) {
      await value.image(i).then(
        () => read++,
        (error: Error) => messages.push(`${error.name}: ${error.message}`),
      );
    }
  }
  expect(read).toBe(3);
  expect(messages).toEqual([expect.stringMatching(/^LatentfillError: .*broken\.png/)]);
});

test('adding images moves none between splits', async () => {
  const values = async (split: 'train' | 'heldout') => {
    const dataset = await openDataset(folder, { size: 4, split });
    const all = await Promise.all(Array.from({ length: dataset.length }, (_, i) => dataset.image(i)));
    return all.map(({ data }) => Math.round(data[0]! * 255));
  };
  await fill(40);
  const before = await values('heldout');
  await fill(80);
  expect((await values('heldout')).filter((v) => v < 40)).toEqual(before);
  expect((await values('train')).filter((v) => before.includes(v))).toEqual([]);
});

test('transparent pixels are white, and hidden files are no images', async () => {
  const clear = picture(4, 4, () => 0);
  for (let i = 0; i < 40; i++) {
    const alpha = new Float32Array(16).fill(i % 2 === 0 ? 0 : 1);
    await writeImage(join(folder, `${i}.png`), clear, { alpha });
  }
  writeFileSync(join(folder, '._0.png'), 'what another system left');
  const train = await openDataset(folder, { size: 4, split: 'train' });
  const heldout = await openDataset(folder, { size: 4, split: 'heldout' });
  expect(train.length + heldout.length).toBe(40);
  const levels = await Promise.all(Array.from({ length: train.length }, (_, i) => train.image(i)));
  expect(levels.some(({ data }) => data.every((v) => v === 1))).toBe(true);
  expect(levels.some(({ data }) => data.every((v) => v === 0))).toBe(true);
});

test('embeddings stand beside captions, one each, all of one length', async () => {
  await fill(5);
  const write = (...lines: object[]) =>
    writeFileSync(join(folder, 'captions.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const told = async () => {
    const splits = (['train', 'heldout'] as const).map((split) =>
      openDataset(folder, { size: 4, split }).catch(String),
    );
    const opened = (await Promise.all(splits)).filter((dataset) => typeof dataset !== 'string');
    return opened.flatMap((d) =>
      Array.from({ length: d.length }, (_, i) => ({ captions: d.captions(i), embeddings: d.embeddings?.(i) })),
    );
  };
  write(
    { file: '0.png', caption: 'a', embedding: [1, 2.5] },
    {
      file: '1.png',
      captions: ['b', 'c'],
      embeddings: [
        [3, 4],
        [5, 6],
      ],
    },
    { file: '0.png', caption: 'd', embedding: [7, 8] },
  );
  const found = await told();
  expect(found).toContainEqual({ captions: ['a', 'd'], embeddings: [Float32Array.of(1, 2.5), Float32Array.of(7, 8)] });
  expect(found).toContainEqual({ captions: ['b', 'c'], embeddings: [Float32Array.of(3, 4), Float32Array.of(5, 6)] });
  expect(found.filter(({ captions }) => captions.length === 0)[0]!.embeddings).toEqual([]);
  const refuse = (pattern: RegExp) => expect(openDataset(folder, { size: 4, split: 'train' })).rejects.toThrow(pattern);
  write({ file: '0.png', caption: 'a', embedding: [1] }, { file: '1.png', caption: 'b' });
  await refuse(/an embedding of 1 numbers for each caption in line 2/);
  write({ file: '0.png', caption: 'a' }, { file: '1.png', caption: 'b', embedding: [1] });
  await refuse(/no embedding, as before in line 2/);
  write({ file: '0.png', caption: 'a', embedding: [1] }, { file: '1.png', caption: 'b', embedding: [1, 2] });
  await refuse(/of 1 numbers .* in line 2 .*got 1 of 2 numbers/);
  write({ file: '0.png', caption: 'a', embedding: ['x'] });
  await refuse(/in line 1 of/);
});
