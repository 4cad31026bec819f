/** @file Hostile data, case by case: made, opened as a dataset, and what came of it. */

import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LatentfillError } from '../../src/base/errors.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { openDataset } from '../../src/data/open-dataset.ts';
import { type Fixture, hostileAt, makeFixtures, place } from './hostile-files.ts';

/** What came of a case. */
export interface Outcome {
  readonly name: string;
  /** `opened`: all images that were tried were read; `images`: some were refused; `refused`: the dataset was. */
  readonly ended: 'opened' | 'images' | 'refused';
  readonly milliseconds: number;
}

const SIZE = 8;
let fixtures: Promise<Readonly<Record<string, Fixture>>> | undefined;

/**
 * Makes case `index` in a new folder, opens both of its splits, reads some images of each, and takes the folder away.
 * @throws Error where something else than a dataset, an image or a LatentfillError comes of it, or a file is changed.
 */
export async function tryHostile(folder: string, index: number): Promise<Outcome> {
  fixtures ??= makeFixtures();
  const all = await fixtures;
  const kinds = Object.keys(all);
  const kind = kinds[index % kinds.length]!;
  const marker = join(folder, 'executed');
  const { path, hostile } = hostileAt(all[kind]!, all, index, marker);
  const name = `${index}: ${kind}, ${path}: ${hostile.name}`;
  for (const [other, bytes] of Object.entries(all[kind]!.files)) {
    mkdirSync(dirname(join(folder, other)), { recursive: true });
    if (other !== path) writeFileSync(join(folder, other), bytes);
  }
  place(join(folder, path), hostile);
  const before = listing(folder);
  const start = performance.now();
  const source = all[kind]!.source.replace('*', folder);
  const ended = [await tryOpen(source, 'train', name), await tryOpen(source, 'heldout', name)];
  const milliseconds = performance.now() - start;
  if (existsSync(marker)) throw new Error(`${name}: something was executed`);
  if (listing(folder) !== before) throw new Error(`${name}: files were changed`);
  rmSync(folder, { recursive: true });
  const worst = (['refused', 'images', 'opened'] as const).find((end) => ended.includes(end))!;
  return { name, ended: worst, milliseconds };
}

async function tryOpen(source: string, split: 'train' | 'heldout', name: string): Promise<Outcome['ended']> {
  const expected = (error: unknown): undefined => {
    const right = error instanceof LatentfillError && /^Expected .{10,3000}$/su.test(error.message);
    if (!right) throw new Error(`${name}: got another error than LatentfillError`, { cause: error });
  };
  const dataset = await openDataset(source, { size: SIZE, split }).catch(expected);
  if (!dataset) return 'refused';
  const { length } = dataset;
  if (!(Number.isInteger(length) && length > 0 && length < 1e8)) throw new Error(`${name}: ${length} images`);
  let unread = 0;
  for (const index of new Set([0, 1 % length, Math.floor(length / 2), length - 1])) {
    const image = await dataset.image(index).catch(expected);
    if (!image) unread++;
    const right = !image || (image.data.length === 3 * SIZE ** 2 && image.data.every((v) => v >= 0 && v <= 1));
    if (!right || !isTold(dataset, index)) throw new Error(`${name}: image ${index} is none, or its captions are not`);
  }
  return unread > 0 ? 'images' : 'opened';
}

function isTold(dataset: Dataset, index: number): boolean {
  const captions = dataset.captions(index);
  const embeddings = dataset.embeddings?.(index);
  const attributes = Object.values(dataset.attributes?.(index) ?? {});
  const texts = [...captions, ...attributes].every((text) => typeof text === 'string');
  return texts && (embeddings === undefined || embeddings.length === captions.length);
}

function listing(folder: string): string {
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  return names.map((name) => `${name} ${lstatSync(join(folder, name)).size}`).join('\n');
}
