import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openDataset } from '../../src/data/open.ts';
import { writeImage } from '../../src/image/codec.ts';
import { picture } from '../helpers/pictures.ts';

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
  expect((await openDataset(folder, { size: 4, split: 'train', count: 3 })).length).toBe(3);
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
    /Expected 'toon' or a folder of images as data/,
  );
  await expect(openDataset(folder, { size: 4, split: 'train' })).rejects.toThrow(/got none: add some/);
  await fill(3);
  writeFileSync(join(folder, 'captions.jsonl'), '{"file": "0.png", "caption": "a"}\n{"file": 3}\n');
  await expect(openDataset(folder, { size: 4, split: 'train' })).rejects.toThrow(/in line 2 of/);
  writeFileSync(join(folder, 'captions.jsonl'), '');
  writeFileSync(join(folder, 'a-broken.png'), 'no');
  const train = await openDataset(folder, { size: 4, split: 'train' });
  const errors: string[] = [];
  for (let i = 0; i < train.length; i++) await train.image(i).catch((e: Error) => errors.push(e.message));
  for (const message of errors) expect(message).toMatch(/a-broken\.png/);
});
