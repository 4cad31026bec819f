/** @file Image datasets of the Hugging Face Hub, as Parquet shards. Node only. */

import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { LatentfillError } from '../../base/errors.ts';
import { decodeImage } from '../../image/image-file.ts';
import type { Dataset, DatasetOptions, Split } from '../dataset.ts';
import {
  describeParquet,
  type ParquetColumn,
  type ParquetImages,
  readImages,
  readTexts,
  type Table,
} from '../formats/parquet.ts';
import { isFile } from '../formats/read-file.ts';
import { heldOutAmong } from '../split.ts';
import { squareOf } from '../square.ts';
import { withArticle } from './words.ts';

/** The names that columns of captions commonly have. */
const CAPTIONS = ['captions', 'caption', 'text', 'texts', 'sentences', 'description', 'prompt', 'title'];

/** Rows of all shards together. */
const MAX_ROWS = 20_000_000;
/** Bytes of undecoded images that are kept, so that neighbouring rows are read once. */
const CACHE_BYTES = 256_000_000;

/** Rows from which the split is decided: among so many, the hash holds out too few in only one source of 10^70. */
const DECISIVE = 2000;

/** The parts of Hugging Face's description that are used: columns of images, and names of classes. */
const featuresSchema = z.object({
  info: z.object({
    features: z.record(
      z.string(),
      z.looseObject({ _type: z.string().optional(), names: z.array(z.string()).optional() }),
    ),
  }),
});

type Features = z.infer<typeof featuresSchema>['info']['features'];

interface Row {
  readonly path: string;
  readonly group: number;
  /** Within its group. */
  readonly index: number;
  readonly captions: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Opens a Parquet file, or the shards in a folder or its `data/`. Shards whose names begin with `train` are trained on,
 * those with `test`, `val` or `dev` held out; without such names a tenth of the rows is. The images are in the column
 * that Hugging Face's description says, or one called `image` or `img`; captions in a column of a usual name; the names
 * of classes are captions too, and attributes.
 * @throws LatentfillError where there are no shards, no images in them, or one is damaged.
 */
export async function openHuggingFace(path: string, { size, split, count }: DatasetOptions): Promise<Dataset> {
  const { shards, hashed } = await findShards(path, split);
  const first = await describeParquet(shards[0]!);
  const features = readFeatures(first);
  const column = imageColumn(first.columns, features, shards[0]!);
  const isHeldOut = hashed ? heldOutAmong(await firstNames(shards)) : undefined;
  const rows: Row[] = [];
  for (const shard of shards) {
    if (count !== undefined && rows.length >= count) break;
    for (const row of await readRows(shard, features)) {
      if (!isHeldOut || isHeldOut(nameOf(shard, row)) === (split === 'heldout')) rows.push(row);
    }
    if (rows.length > MAX_ROWS)
      throw new LatentfillError('data', `Expected at most ${MAX_ROWS} rows in '${path}', got more.`);
  }
  const length = Math.min(rows.length, count ?? rows.length);
  if (length === 0)
    throw new LatentfillError('data', `Expected rows for the ${split} split in '${path}', got none: add shards.`);
  const filesOf = cached(column);
  const name = basename(resolve(path)).replace(/\.parquet$/, '');
  return {
    name,
    length,
    size,
    captions: (index) => rows[index]!.captions,
    ...(rows.some(({ attributes }) => Object.keys(attributes).length > 0) && {
      attributes: (index: number) => rows[index]!.attributes,
    }),
    licence: { licence: 'unknown: see its page', attribution: `the images of ${name}, from the Hugging Face Hub` },
    async image(index) {
      const { path: shard, group, index: row } = rows[index]!;
      const { bytes, ends } = await filesOf(shard, group);
      const file = bytes.subarray(row === 0 ? 0 : ends[row - 1], ends[row]);
      return squareOf(await decodeImage(file, `${shard}, row ${row} of group ${group}`, { wanted: size }), size);
    },
  };
}

/** The name of a row, by which it is assigned to a split. */
function nameOf(shard: string, { group, index }: Pick<Row, 'group' | 'index'>): string {
  return `${basename(shard)} ${group} ${index}`;
}

/** The names of the first {@link DECISIVE} rows, or of all; later ones cannot change the split. */
async function firstNames(shards: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const shard of shards) {
    const { groups } = await describeParquet(shard);
    for (const [group, length] of groups.entries()) {
      for (let index = 0; index < length && names.length < DECISIVE; index++)
        names.push(nameOf(shard, { group, index }));
    }
    if (names.length === DECISIVE) break;
  }
  return names;
}

async function findShards(path: string, split: Split): Promise<{ shards: string[]; hashed: boolean }> {
  const inData = join(path, 'data');
  const folder = (await isFile(path)) ? dirname(path) : path;
  const list = async (place: string) =>
    (await readdir(place).catch(() => []))
      .filter((name) => /^[^.].*\.parquet$/.test(name))
      .map((name) => join(place, name));
  const all = (await isFile(path)) ? [path] : [...(await list(folder)), ...(await list(inData))].sort();
  if (all.length === 0)
    throw new LatentfillError('data', `Expected Parquet files at '${path}', got none: check the path.`);
  const named = (pattern: RegExp) => all.filter((shard) => pattern.test(basename(shard)));
  const heldOut = named(/^(test|val|dev)/i);
  const train = named(/^train/i);
  if (train.length === 0 || heldOut.length === 0) return { shards: all, hashed: true };
  return { shards: split === 'train' ? train : heldOut, hashed: false };
}

function readFeatures({ features }: Table): Features {
  try {
    return featuresSchema.parse(JSON.parse(features ?? '')).info.features;
  } catch {
    return {}; // not every file has them
  }
}

function imageColumn(columns: readonly ParquetColumn[], features: Features, path: string): string {
  const holds = ({ type, children }: ParquetColumn) => type === 'BYTE_ARRAY' || children.includes('bytes');
  const found =
    columns.find((column) => features[column.name]?._type === 'Image' && holds(column)) ??
    columns.find((column) => /^(image|img|jpg|png|picture)$/i.test(column.name) && holds(column)) ??
    columns.find(({ children }) => children.includes('bytes'));
  if (found) return found.name;
  const names = columns.map(({ name }) => name).join(', ') || 'none';
  throw new LatentfillError(
    'data',
    `Expected a column of images in '${path}', got the columns ${names}: rename it to 'image'.`,
  );
}

async function readRows(path: string, features: Features): Promise<Row[]> {
  const { groups, columns } = await describeParquet(path);
  if (groups.reduce((a, b) => a + b, 0) > MAX_ROWS) {
    throw new LatentfillError('data', `Expected at most ${MAX_ROWS} rows in '${path}', got more: fetch it again.`);
  }
  const present = new Set(columns.map(({ name }) => name));
  const captioned = CAPTIONS.find((name) => present.has(name));
  const labelled = Object.entries(features).filter(([name, { _type, names }]) => {
    return _type === 'ClassLabel' && names !== undefined && present.has(name);
  });
  const wanted = [...(captioned === undefined ? [] : [captioned]), ...labelled.map(([name]) => name)];
  const texts = wanted.length > 0 ? await readTexts(path, wanted) : undefined;
  let start = 0;
  return groups.flatMap((length, group) => {
    const rows = Array.from({ length }, (_, index): Row => {
      const values = new Map(wanted.map((name, i) => [name, texts?.[start + index]?.[i] ?? []]));
      const classes = labelled.flatMap(([name, { names }]) => {
        const label = names![Number(values.get(name)?.[0] ?? -1)]?.replaceAll('_', ' ');
        return label === undefined ? [] : [[name, label] as const];
      });
      const captions = [...(values.get(captioned ?? '') ?? []), ...classes.map(([, label]) => withArticle(label))];
      return { path, group, index, captions, attributes: Object.fromEntries(classes) };
    });
    start += length;
    return rows;
  });
}

/** Reads row groups through a cache, from which the least recently used ones are removed. */
function cached(column: string): (path: string, group: number) => Promise<ParquetImages> {
  const known = new Map<string, Promise<ParquetImages>>();
  const sizes = new Map<string, number>();
  return (path, group) => {
    const key = `${group} ${path}`;
    const found = known.get(key) ?? readImages(path, column, group);
    known.delete(key);
    known.set(key, found);
    found.then(
      ({ bytes }) => {
        sizes.set(key, bytes.length);
        let total = [...sizes.values()].reduce((a, b) => a + b, 0);
        for (const [old, size] of sizes) {
          if (total <= CACHE_BYTES || old === key) continue;
          known.delete(old);
          sizes.delete(old);
          total -= size;
        }
      },
      () => {}, // a failed read stays in the cache, so that the group's other rows fail at once
    );
    return found;
  };
}
