/**
 * @file Reads Parquet in a child process, which can be killed if a hostile file makes the reader loop or exhaust its
 * memory; in a thread, either would end the whole program. parquet.ts defines the messages.
 */

import { type FileHandle, open, stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
} from 'hyparquet';
import type { ParquetColumn, ParquetImages, ParquetTask, ParquetTexts, Table } from './parquet.ts';

/** Bytes that one column of one row group may have. */
const MAX_CHUNK = 1_000_000_000;
/** Rows of one row group. */
const MAX_ROWS = 10_000_000;
/** The longest text that is kept. */
const MAX_TEXT = 10_000;

interface Shard {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
}

const shards = new Map<string, Shard>();

// Ends this process with its parent, even while the reader loops and handles no events.
const watch = `setInterval(() => {
  try { process.kill(${process.ppid}, 0); } catch { process.kill(${process.pid}, 'SIGKILL'); }
}, 5000)`;
new Worker(watch, { eval: true }).unref();

// A terminal sends Ctrl-C to this process too. If it ended, the parent would take that for a hostile file.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

process.on('message', (task: ParquetTask) => {
  answer(task).then(
    (found) => process.send!({ answer: found }),
    (error) => process.send!({ error: String(error?.message ?? error).slice(0, 200) }),
  );
});

async function answer(task: ParquetTask): Promise<Table | ParquetTexts | ParquetImages> {
  const shard = await shardOf(task.path);
  if (task.kind === 'describe') return tableOf(shard);
  return task.kind === 'texts' ? texts(shard, task.columns) : images(shard, task.column, task.group);
}

/** The description of a shard, cached until its file changes. */
async function shardOf(path: string): Promise<Shard> {
  const { size, mtimeMs } = await stat(path);
  const key = `${path} ${size} ${mtimeMs}`;
  const known = shards.get(key) ?? (await openShard(path, size));
  shards.set(key, known);
  if (shards.size > 1000) shards.delete(shards.keys().next().value!);
  return known;
}

async function openShard(path: string, byteLength: number): Promise<Shard> {
  const file = { byteLength, slice: (start: number, end = byteLength) => slice(path, byteLength, start, end) };
  return { file, metadata: await parquetMetadataAsync(file, { geoparquet: false }) };
}

async function slice(path: string, byteLength: number, start: number, end: number): Promise<ArrayBuffer> {
  if (!(start >= 0 && start <= end && end <= byteLength && end - start <= MAX_CHUNK)) {
    throw new Error(`bytes ${start} to ${end} of a file of ${byteLength}`);
  }
  const bytes = new Uint8Array(end - start);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    if (bytesRead !== bytes.length) throw new Error('a file that was cut short since it was opened');
  } finally {
    await handle?.close();
  }
  return bytes.buffer;
}

function tableOf({ metadata }: Shard): Table {
  const groups = metadata.row_groups.map(({ num_rows: rows }) => {
    if (rows < 0n || rows > MAX_ROWS) throw new Error(`a group of ${rows} rows`);
    return Number(rows);
  });
  const columns = parquetSchema(metadata).children.map(
    ({ element, children }): ParquetColumn => ({
      name: element.name,
      type: element.type ?? 'group',
      text: element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING',
      children: children.map((child) => child.element.name),
    }),
  );
  const features = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  return { groups, columns, features };
}

/** Every row's texts, and numbers as text, in some columns; other values are left out. */
async function texts({ file, metadata }: Shard, columns: readonly string[]): Promise<ParquetTexts> {
  const rows: string[][][] = [];
  let rowStart = 0;
  for (const { num_rows: count } of metadata.row_groups) {
    const rowEnd = rowStart + Number(count);
    const found = await parquetReadObjects({
      ...{ file, metadata, columns: [...columns], rowStart, rowEnd, compressors, utf8: false },
    });
    if (found.length !== Number(count)) throw new Error(`${found.length} of ${count} rows`);
    for (const row of found) rows.push(columns.map((name) => textsOf(row[name])));
    rowStart = rowEnd;
  }
  return rows;
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.slice(0, 100).flatMap((item) => (Array.isArray(item) ? [] : textsOf(item)));
  if (typeof value === 'string') return [value.slice(0, MAX_TEXT)];
  return typeof value === 'number' || typeof value === 'bigint' ? [String(value)] : [];
}

/** The image files of a row group, concatenated; a row without an image has an empty one. */
async function images({ file, metadata }: Shard, column: string, group: number): Promise<ParquetImages> {
  const rowStart = metadata.row_groups.slice(0, group).reduce((sum, { num_rows: rows }) => sum + Number(rows), 0);
  const rowEnd = rowStart + Number(metadata.row_groups[group]!.num_rows);
  const rows = await parquetReadObjects({
    ...{ file, metadata, columns: [column], rowStart, rowEnd, compressors, utf8: false },
  });
  const files = rows.map((row) => {
    const found = row[column]?.bytes ?? row[column];
    return found instanceof Uint8Array ? found : new Uint8Array(0);
  });
  const ends = files.map(({ length }) => length);
  for (let i = 1; i < ends.length; i++) ends[i]! += ends[i - 1]!;
  const total = ends.at(-1) ?? 0;
  // All rows may refer to one value of a dictionary, so their total size is not bounded by that of the chunk.
  if (total > MAX_CHUNK) throw new Error(`images of ${total} bytes in one group of rows`);
  const bytes = new Uint8Array(total);
  for (const [i, image] of files.entries()) bytes.set(image, ends[i]! - image.length);
  return { bytes, ends };
}

/** Unpacks a page once its length is known to be within bounds. */
function bounded(unpack: (input: Uint8Array, length: number) => Uint8Array) {
  return (input: Uint8Array, length: number) => {
    const most = Math.min(MAX_CHUNK, 200 * input.length + 1_000_000);
    if (!(length >= 0 && length <= most)) throw new Error(`a page of ${length} bytes out of ${input.length}`);
    return unpack(input, length);
  };
}

const compressors: Compressors = {
  SNAPPY: bounded((input, length) => {
    const page = new Uint8Array(length);
    snappyUncompress(input, page);
    return page;
  }),
  GZIP: bounded((input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) })),
  BROTLI: bounded((input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) })),
};
