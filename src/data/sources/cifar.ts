/** @file CIFAR-10 and CIFAR-100, binary version: 32×32 photographs in classes (Krizhevsky 2009). Node only. */

import { join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { checkFile, isFile, readBytes, readLines, readPart } from '../formats/read-file.ts';
import { fromPlanes } from '../square.ts';
import { withArticle } from './words.ts';

const SIDE = 32;
const PIXELS = 3 * SIDE ** 2;

/** The largest file, train.bin of CIFAR-100, has 153.7 MB. */
const MAX_BYTES = 160_000_000;

/** How a version lies in its files: a record is its labels, one byte each, and three planes of pixels. */
interface Layout {
  readonly name: string;
  /** The folder that its archive holds. */
  readonly folder: string;
  readonly files: Readonly<Record<'train' | 'heldout', readonly string[]>>;
  /** The labels' attributes, and the file that names their values, in the order of the labels in a record. */
  readonly labels: readonly { readonly attribute: string; readonly names: string; readonly count: number }[];
}

const layouts = {
  'cifar-10': {
    name: 'cifar-10',
    folder: 'cifar-10-batches-bin',
    files: { train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`), heldout: ['test_batch.bin'] },
    labels: [{ attribute: 'class', names: 'batches.meta.txt', count: 10 }],
  },
  'cifar-100': {
    name: 'cifar-100',
    folder: 'cifar-100-binary',
    files: { train: ['train.bin'], heldout: ['test.bin'] },
    labels: [
      { attribute: 'superclass', names: 'coarse_label_names.txt', count: 20 },
      { attribute: 'class', names: 'fine_label_names.txt', count: 100 },
    ],
  },
} as const satisfies Record<string, Layout>;

/**
 * Opens the binary version from the folder of its files, or the one above; its test files are the held-out split. The
 * pixels are read from the disk when an image is needed.
 * @throws LatentfillError where a file is missing, has a part of a record, or a label without a name.
 */
export async function openCifar(
  version: keyof typeof layouts,
  path: string,
  { size, split, count }: DatasetOptions,
): Promise<Dataset> {
  const layout: Layout = layouts[version];
  const inner = join(path, layout.folder);
  const folder = (await isFile(join(inner, layout.files.train[0]!))) ? inner : path;
  const names = await Promise.all(layout.labels.map((label) => readNames(join(folder, label.names), label.count)));
  const records = (
    await Promise.all(layout.files[split].map((file) => readRecords(join(folder, file), layout, names)))
  ).flat();
  const labelOf = (index: number, attribute: string) => {
    const which = layout.labels.findIndex((label) => label.attribute === attribute);
    return names[which]![records[index]!.labels[which]!]!;
  };
  return {
    name: layout.name,
    length: Math.min(records.length, count ?? records.length),
    size,
    captions: (index) => {
      const noun = withArticle(labelOf(index, 'class'));
      return [noun, `a photograph of ${noun}`];
    },
    attributes: (index) => Object.fromEntries(layout.labels.map(({ attribute: a }) => [a, labelOf(index, a)])),
    licence: { licence: 'not stated', attribution: `${layout.name.toUpperCase()}, Alex Krizhevsky 2009` },
    async image(index) {
      const { file, offset } = records[index]!;
      return fromPlanes(await readPart(file, offset, PIXELS), SIDE, size);
    },
  };
}

async function readNames(path: string, count: number): Promise<string[]> {
  const names: string[] = [];
  for await (const [, line] of readLines(path, 10_000)) names.push(line.replaceAll('_', ' '));
  if (names.length === count) return names;
  throw new LatentfillError(
    'data',
    `Expected ${count} names of classes in '${path}', got ${names.length}: fetch it again.`,
  );
}

/** Where each record's pixels lie, and its labels. */
async function readRecords(file: string, { labels }: Layout, names: readonly (readonly string[])[]) {
  const length = labels.length + PIXELS;
  const bytes = await checkFile(file, MAX_BYTES);
  if (bytes === 0 || bytes % length !== 0) {
    throw new LatentfillError(
      'data',
      `Expected records of ${length} bytes in '${file}', got ${bytes} bytes in all, which is no whole number of them: fetch it again.`,
    );
  }
  const all = await readBytes(file, MAX_BYTES);
  return Array.from({ length: Math.floor(all.length / length) }, (_, i) => {
    const values = [...all.subarray(i * length, i * length + labels.length)];
    const wrong = values.findIndex((value, which) => value >= names[which]!.length);
    if (wrong >= 0) {
      throw new LatentfillError(
        'data',
        `Expected labels below ${names[wrong]!.length} in '${file}', got ${values[wrong]} in record ${i}: fetch it again.`,
      );
    }
    return { file, offset: i * length + labels.length, labels: values };
  });
}
