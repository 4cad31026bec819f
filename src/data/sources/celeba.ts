/** @file CelebA: 202,599 aligned faces with 40 attributes each (Liu et al. 2015). Node only. */

import { basename, join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import { readImage } from '../../image/image-file.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { isFile, isFolder, readLines } from '../formats/read-file.ts';
import { heldOutAmong } from '../split.ts';
import { squareOf } from '../square.ts';
import { type CelebaFace, describeCeleba } from './celeba-caption.ts';

/** list_attr_celeba.txt has 26 MB. */
const MAX_BYTES = 100_000_000;

/** More attributes than there are, and names longer than any, are no list of attributes. */
const MAX_ATTRIBUTES = 100;

interface Table {
  readonly attributes: readonly string[];
  /** Each file's attributes, 1 or 0, in the order of their names. */
  readonly rows: readonly { readonly file: string; readonly values: Uint8Array }[];
}

/**
 * Opens a folder with `img_align_celeba/`, `list_attr_celeba.txt` (or .csv) and, for the official split,
 * `list_eval_partition.txt` (or .csv): its validation and test parts are held out. Without it a tenth is, by a hash of
 * the file's name. Captions are made of the attributes: the first of all of them, the others of some.
 * @throws LatentfillError where the folder or the list is missing or damaged.
 */
export async function openCeleba(folder: string, { size, split, count }: DatasetOptions): Promise<Dataset> {
  const images = await findImages(folder);
  const { attributes, rows } = await readAttributes(await findList(folder, 'list_attr_celeba'));
  const partition = await readPartition(await findList(folder, 'list_eval_partition'));
  const heldOut = partition ? (file: string) => partition.get(file) !== 0 : heldOutAmong(rows.map(({ file }) => file));
  const chosen = rows.filter(({ file }) => heldOut(file) === (split === 'heldout')).slice(0, count);
  if (chosen.length === 0) {
    throw new LatentfillError(
      'data',
      `Expected faces for the ${split} split of CelebA in '${folder}', got none: check its lists.`,
    );
  }
  const faceOf = (index: number): CelebaFace =>
    Object.fromEntries(attributes.map((name, i) => [name, chosen[index]!.values[i] === 1]));
  return {
    name: 'celeba',
    length: chosen.length,
    size,
    captions: (index) => describeCeleba(faceOf(index), chosen[index]!.file),
    attributes: (index) =>
      Object.fromEntries(Object.entries(faceOf(index)).map(([name, there]) => [name, there ? 'yes' : 'no'])),
    licence: {
      licence: 'for non-commercial research only',
      attribution: 'CelebA, Liu, Luo, Wang and Tang 2015 (https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html)',
    },
    image: async (index) => squareOf(await readImage(join(images, chosen[index]!.file), { wanted: size }), size),
  };
}

async function findImages(folder: string): Promise<string> {
  const name = 'img_align_celeba';
  const places = [join(folder, name, name), join(folder, name)];
  for (const place of places) if (await isFolder(place)) return place;
  throw new LatentfillError(
    'data',
    `Expected CelebA's aligned faces in '${places[1]}', got no such folder: unpack them there.`,
  );
}

async function findList(folder: string, name: string): Promise<string> {
  const text = join(folder, `${name}.txt`);
  const table = join(folder, `${name}.csv`);
  return (await isFile(table)) && !(await isFile(text)) ? table : text;
}

/**
 * Reads both published forms of the list: columns separated by blanks, after a line with their number, or by commas.
 */
async function readAttributes(path: string): Promise<Table> {
  let attributes: string[] | undefined;
  const rows: { file: string; values: Uint8Array }[] = [];
  for await (const [number, line] of readLines(path, MAX_BYTES)) {
    if (number === 1 && /^\d+$/.test(line)) continue;
    const words = line.split(/[\s,]+/, MAX_ATTRIBUTES + 2);
    if (attributes === undefined) {
      attributes = words[0] === 'image_id' ? words.slice(1) : words;
      if (attributes.length <= MAX_ATTRIBUTES && attributes.includes('Male')) continue;
      throw wrongLine(path, number, line, 'the names of the attributes');
    }
    const [file = '', ...values] = words;
    const right = isName(file) && values.length === attributes.length && values.every((v) => /^(1|-1|0)$/.test(v));
    if (!right) throw wrongLine(path, number, line, `a file's name and ${attributes.length} values, 1 or -1`);
    rows.push({ file, values: Uint8Array.from(values, (v) => (v === '1' ? 1 : 0)) });
  }
  return { attributes: attributes ?? [], rows };
}

/** Each file's part: 0 to train on, 1 to validate, 2 to test; undefined where there is no such list. */
async function readPartition(path: string): Promise<Map<string, number> | undefined> {
  if (!(await isFile(path))) return;
  const parts = new Map<string, number>();
  for await (const [number, line] of readLines(path, MAX_BYTES)) {
    const [file = '', part = ''] = line.split(/[\s,]+/, 3);
    if (number === 1 && file === 'image_id') continue;
    if (!isName(file) || !/^[012]$/.test(part)) throw wrongLine(path, number, line, "a file's name and 0, 1 or 2");
    parts.set(file, Number(part));
  }
  return parts;
}

/** A name, not a path that could lead elsewhere. */
function isName(file: string): boolean {
  return file !== '' && file === basename(file) && !file.startsWith('.') && !file.includes('\\');
}

function wrongLine(path: string, number: number, line: string, expected: string): LatentfillError {
  return new LatentfillError(
    'data',
    `Expected ${expected} in line ${number} of '${path}', got '${line.slice(0, 60)}': fetch it again.`,
  );
}
