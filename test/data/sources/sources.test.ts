/** The sources whose files are made here: CIFAR, SVHN, CelebA, MSCOCO in both layouts, Parquet. */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.ts';
import { openDataset } from '../../../src/data/open-dataset.ts';
import { encodePng, writeImage } from '../../../src/image/image-file.ts';
import { cifarFile, hubShard, matFile } from '../../helpers/data-files.ts';
import { noisePicture, picture } from '../../helpers/pictures.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
});
const at = (...names: string[]) => join(folder, ...names);
const open = (name: string, split: 'train' | 'heldout' = 'train', size = 32, count?: number) =>
  openDataset(`${name}:${folder}`, { size, split, count });
const refused = (promise: Promise<unknown>, pattern: RegExp) =>
  expect(promise).rejects.toMatchObject({ name: 'LatentfillError', message: expect.stringMatching(pattern) });
const all = (dataset: Dataset) => Promise.all(Array.from({ length: dataset.length }, (_, i) => dataset.image(i)));

/** A picture of bytes, plane by plane. */
const bytes = (seed: number) => Uint8Array.from({ length: 3072 }, (_, i) => (i * 7 + seed * 31) % 256);

test('CIFAR-10: five files to train on, one held out, planes in order, classes as captions', async () => {
  const record = (i: number) => ({ labels: [i % 10], pixels: bytes(i) });
  for (let i = 1; i <= 5; i++) writeFileSync(at(`data_batch_${i}.bin`), cifarFile([record(2 * i), record(2 * i + 1)]));
  writeFileSync(at('test_batch.bin'), cifarFile([record(1)]));
  writeFileSync(at('batches.meta.txt'), 'airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n');
  const train = await open('cifar-10');
  expect([train.length, (await open('cifar-10', 'heldout')).length]).toEqual([10, 1]);
  const { data } = await train.image(3);
  expect(Array.from(data, (v) => Math.round(v * 255))).toEqual([...bytes(5)]);
  expect(train.captions(8)).toEqual(['an airplane', 'a photograph of an airplane']);
  expect(train.attributes!(3)).toEqual({ class: 'dog' });
  expect((await open('cifar-10', 'train', 16, 4)).length).toBe(4);

  writeFileSync(at('data_batch_2.bin'), cifarFile([{ labels: [10], pixels: bytes(0) }]));
  await refused(open('cifar-10'), /labels below 10 in '.*data_batch_2.bin', got 10 in record 0/);
  writeFileSync(at('data_batch_2.bin'), cifarFile([record(1)]).subarray(0, 3000));
  await refused(open('cifar-10'), /records of 3073 bytes in '.*data_batch_2.bin', got 3000/);
  writeFileSync(at('batches.meta.txt'), 'airplane\n');
  await refused(open('cifar-10'), /Expected 10 names of classes/);
});

test('CIFAR-100: a coarse and a fine label each', async () => {
  mkdirSync(at('cifar-100-binary'));
  const inner = (name: string) => at('cifar-100-binary', name);
  writeFileSync(inner('train.bin'), cifarFile([{ labels: [1, 99], pixels: bytes(9) }]));
  writeFileSync(inner('test.bin'), cifarFile([{ labels: [0, 0], pixels: bytes(8) }]));
  writeFileSync(inner('coarse_label_names.txt'), Array.from({ length: 20 }, (_, i) => `coarse_${i}`).join('\n'));
  writeFileSync(inner('fine_label_names.txt'), Array.from({ length: 100 }, (_, i) => `oak_tree_${i}`).join('\n'));
  const train = await open('cifar-100');
  expect(train.attributes!(0)).toEqual({ superclass: 'coarse 1', class: 'oak tree 99' });
  expect(train.captions(0)[0]).toBe('an oak tree 99');
  expect(Math.round((await train.image(0)).data[2]! * 255)).toBe(bytes(9)[2]);
});

test('SVHN: columns become rows, ten stands for zero, packed or not', async () => {
  const [x, y] = [
    { name: 'X', shape: [32, 32, 3, 2], data: Uint8Array.from([...bytes(1), ...bytes(2)]) },
    { name: 'y', shape: [2, 1], data: Uint8Array.of(10, 7) },
  ];
  writeFileSync(at('train_32x32.mat'), matFile([x, y]));
  const doubles = { ...y, data: Float64Array.from(y.data) };
  writeFileSync(at('test_32x32.mat'), matFile([x, doubles], { packed: false }));
  for (const split of ['train', 'heldout'] as const) {
    const dataset = await open('svhn', split);
    expect([0, 1].map((i) => dataset.attributes!(i).digit)).toEqual(['0', '7']);
    expect(dataset.captions(1)).toEqual(['the digit seven', 'a house number with the digit 7']);
    const { data } = await dataset.image(1);
    for (const [column, row, plane] of [
      [0, 0, 0],
      [5, 17, 2],
      [31, 2, 1],
    ] as const) {
      const value = bytes(2)[1024 * plane + 32 * column + row]!;
      expect(Math.round(data[1024 * plane + 32 * row + column]! * 255)).toBe(value);
    }
  }
  const write = (...arrays: Parameters<typeof matFile>[0][number][]) =>
    writeFileSync(at('train_32x32.mat'), matFile(arrays));
  write(x);
  await refused(open('svhn'), /arrays X, 32×32×3×n, and y.*got X 32×32×3×2/);
  write(x, { ...y, data: Uint8Array.of(1, 11) });
  await refused(open('svhn'), /labels 1 to 10 .*got 11 at 1/);
  write({ ...x, shape: [32, 32, 3, 2_000_000_000] }, y);
  await refused(open('svhn'), /an array that is damaged/);
  writeFileSync(at('train_32x32.mat'), Buffer.from('MATLAB 7.3 MAT-file'.padEnd(600)));
  await refused(open('svhn'), /version 7.3/);
});

/** 40 attributes are no more to the point than these. */
const ATTRIBUTES = ['Male', 'Young', 'Smiling', 'Blond_Hair', 'Wavy_Hair', 'No_Beard', 'Eyeglasses', 'Wearing_Hat'];

async function fillCeleba(rows: readonly string[]) {
  mkdirSync(at('img_align_celeba'));
  for (const [i, row] of rows.entries()) {
    const tall = picture(4, 6, (_, y) => (y < 1 || y > 4 ? 1 : i / 255)); // the middle square is of one shade
    await writeImage(at('img_align_celeba', row.split(' ')[0]!), tall);
  }
}

test('CelebA: attributes make captions, the official partition makes splits', async () => {
  const rows = ['1.png 1 -1 1 -1 -1 -1 1 1', '2.png -1 1 -1 1 1 1 -1 -1', '3.png -1 1 1 -1 -1 1 -1 -1'];
  await fillCeleba(rows);
  writeFileSync(at('list_attr_celeba.txt'), `3\n${ATTRIBUTES.join(' ')} \n${rows.join('  \n')}\n`);
  writeFileSync(at('list_eval_partition.txt'), '1.png 0\n2.png 1\n3.png 2\n');
  const [train, heldout] = [await open('celeba', 'train', 4), await open('celeba', 'heldout', 4)];
  expect([train.length, heldout.length]).toEqual([1, 2]);
  expect(train.captions(0)[0]).toBe('a smiling older man with a beard and glasses, wearing a hat');
  expect(heldout.captions(0)[0]).toBe('a young woman with wavy blond hair');
  expect(heldout.captions(1)[0]).toBe('a smiling young woman');
  for (const caption of train.captions(0)) {
    expect(caption).toMatch(/^a (smiling older )?man( with (a beard|glasses|a beard and glasses))?(, wearing a hat)?$/);
  }
  expect(train.attributes!(0)).toMatchObject({ Male: 'yes', Young: 'no' });
  expect(new Set((await heldout.image(1)).data)).toEqual(new Set([Math.fround(2 / 255)]));

  writeFileSync(at('list_attr_celeba.txt'), `3\n${ATTRIBUTES.join(' ')}\n${rows[0]}\n../${rows[1]}\n`);
  await refused(open('celeba'), /file's name and 8 values, 1 or -1 in line 4 of .*got '\.\.\/2\.png/);
  writeFileSync(at('list_attr_celeba.txt'), `3\n${ATTRIBUTES.join(' ')}\n1.png 1 1\n`);
  await refused(open('celeba'), /in line 3 of/);
});

test('CelebA as Kaggle has it: tables with commas, and no partition', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i}.png 1 1 1 1 1 1 1 1`);
  await fillCeleba(rows);
  const table = [`image_id,${ATTRIBUTES.join(',')}`, ...rows.map((row) => row.replaceAll(' ', ','))];
  writeFileSync(at('list_attr_celeba.csv'), table.join('\r\n'));
  const [train, heldout] = [await open('celeba', 'train', 4), await open('celeba', 'heldout', 4)];
  expect(train.length + heldout.length).toBe(30);
  expect(heldout.length).toBeGreaterThan(0);
  const shades = [...(await all(train)), ...(await all(heldout))].map(({ data }) => data[0]);
  expect(new Set(shades).size).toBe(30);
});

test('MSCOCO: five captions an image, in the order of ids', async () => {
  for (const name of ['annotations', 'train2014', 'val2014']) mkdirSync(at(name));
  const image = (id: number, split = 'train') => ({
    id,
    file_name: `COCO_${split}2014_${id}.png`,
    height: 4,
    license: 3,
  });
  for (const id of [7, 3])
    await writeImage(
      at('train2014', image(id).file_name),
      picture(4, 4, () => id / 255),
    );
  const told = {
    info: { description: 'with "quotes", {brackets} and [more]: \\', nested: { year: 2014 } },
    images: [image(7), image(3)],
    licenses: [{ id: 1, name: 'x' }],
    annotations: [
      { image_id: 3, id: 1, caption: ' a "dog" {on} [a]\\ beach\n' },
      { image_id: 7, id: 2, caption: 'a 6" pipe } ] and a \\' },
      { image_id: 3, id: 3, caption: 'un café' },
    ],
  };
  const path = at('annotations', 'captions_train2014.json');
  writeFileSync(path, JSON.stringify(told, null, 1));
  const train = await open('coco', 'train', 4);
  expect([0, 1].map((i) => train.captions(i))).toEqual([
    ['a "dog" {on} [a]\\ beach', 'un café'],
    ['a 6" pipe } ] and a \\'],
  ]);
  expect((await all(train)).map(({ data }) => Math.round(data[0]! * 255))).toEqual([3, 7]);
  await refused(open('coco', 'heldout'), /captions_val2017.json' or '.*captions_val2014.json', got neither/);

  writeFileSync(path, JSON.stringify({ ...told, images: [{ id: 1, file_name: '../../secret.png' }] }));
  await refused(open('coco'), /name of a file for each image.*secret/);
  writeFileSync(path, JSON.stringify({ ...told, annotations: [{ image_id: 'x', caption: 'a' }] }));
  await refused(open('coco'), /an image_id and a caption/);
  writeFileSync(path, JSON.stringify(told).slice(0, -20));
  await refused(open('coco'), /JSON object of lists .* at byte/);
  writeFileSync(path, '['.repeat(100_000));
  await refused(open('coco'), /JSON object of lists/);
  writeFileSync(path, `{"images": [{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`);
  await refused(open('coco'), /name of a file for each image/);
});

test("MSCOCO in the course's layout: captions out of the pickle by name or number", async () => {
  for (const name of ['inpainting', 'inpainting/train2014', 'inpainting/val2014']) mkdirSync(at(name));
  for (const [i, name] of ['COCO_train2014_000000000009', 'COCO_train2014_000000000017', 'other'].entries()) {
    await writeImage(
      at('inpainting/train2014', `${name}.jpg`),
      picture(64, 64, () => (i * 100) / 255),
    );
  }
  const pickle = at('inpainting/dict_key_imgID_value_caps_train_and_valid.pkl');
  writeFileSync(
    pickle,
    Buffer.from(
      // As the test of pickles has it, protocol 2.
      'gAJ9cQAoWBsAAABDT0NPX3RyYWluMjAxNF8wMDAwMDAwMDAwMDlxAV1xAihYBQAAAGEgZG9ncQNYEQAAAGl0J3MgYSBjYWbDqSDwn5iAcQRlSxFYCQAAAGJ5IG51bWJlcnEFhXEGdS4=',
      'base64',
    ),
  );
  const train = await open('coco-ift6266', 'train', 64);
  expect([0, 1, 2].map((i) => train.captions(i))).toEqual([['a dog', "it's a café 😀"], ['by number'], []]);
  expect((await all(train)).map(({ data }) => Math.round(data[0]! * 255))).toEqual([0, 100, 200]);
  await refused(open('coco-ift6266', 'heldout'), /JPEG images in '.*val2014'/);
  writeFileSync(pickle, "cos\nsystem\n(S'true'\ntR.");
  await refused(open('coco-ift6266'), /the command GLOBAL at byte 0, which runs code/);
});

test('Parquet: shards by their split, captions, class names, images out of any group of rows', async () => {
  const pictures = await Promise.all(Array.from({ length: 7 }, (_, i) => encodePng(noisePicture(8, 8, i))));
  const rows = pictures.map((bytes, i) => ({ bytes, captions: [`first ${i}`, `second ${i}`], label: i % 2 }));
  mkdirSync(at('data'));
  writeFileSync(at('data', 'train-00000-of-00002.parquet'), hubShard(rows.slice(0, 5), ['oak_tree', 'dog'], 2));
  writeFileSync(at('data', 'train-00001-of-00002.parquet'), hubShard(rows.slice(5), ['oak_tree', 'dog'], 2));
  writeFileSync(at('data', 'test-00000-of-00001.parquet'), hubShard(rows.slice(0, 1), ['oak_tree', 'dog'], 2));
  const train = await open('parquet', 'train', 8);
  expect([train.length, (await open('parquet', 'heldout', 8)).length]).toEqual([7, 1]);
  for (const i of [6, 0, 3, 5, 2, 1, 4]) {
    expect((await train.image(i)).data).toEqual(noisePicture(8, 8, i).data);
    expect(train.captions(i)).toEqual([`first ${i}`, `second ${i}`, i % 2 === 0 ? 'an oak tree' : 'a dog']);
  }
  expect(train.attributes!(3)).toEqual({ label: 'dog' });
});

test('Parquet: one file alone is split by rows, and what is damaged is named', async () => {
  const good = await encodePng(noisePicture(8, 8, 1));
  const rows = Array.from({ length: 60 }, (_, i) => ({
    bytes: i === 20 ? Buffer.from('no') : good,
    caption: `row ${i}`,
  }));
  const path = at('pictures.parquet');
  const shard = hubShard(rows, [], 25);
  writeFileSync(path, shard);
  const [train, heldout] = await Promise.all(
    (['train', 'heldout'] as const).map((split) => openDataset(`parquet:${path}`, { size: 8, split })),
  );
  expect(train!.length + heldout!.length).toBe(60);
  expect(heldout!.length).toBeGreaterThan(0);
  const told = [train!, heldout!].flatMap((dataset) =>
    Array.from({ length: dataset.length }, (_, i) => dataset.captions(i)[0]),
  );
  expect(new Set(told).size).toBe(60);
  const outcomes = (await Promise.allSettled(Array.from({ length: train!.length }, (_, i) => train!.image(i)))).concat(
    await Promise.allSettled(Array.from({ length: heldout!.length }, (_, i) => heldout!.image(i))),
  );
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(failed.map(({ reason }) => `${reason.name} ${reason.message}`)).toEqual([
    expect.stringMatching(/^LatentfillError .*pictures\.parquet, row 20 of group 0/),
  ]);
  writeFileSync(path, shard.subarray(0, shard.length - 50));
  await refused(
    openDataset(`parquet:${path}`, { size: 8, split: 'train' }),
    /Parquet file at '.*pictures.parquet', got a damaged one/,
  );
  await refused(openDataset(`parquet:${at()}/none`, { size: 8, split: 'train' }), /got none: check the path/);
});
