/** @file Parquet files, read in a thread of its own that is ended when it takes too long or too much. Node only. */

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { LatentfillError } from '../../base/errors.ts';
import { checkFile } from './files.ts';

/** A column of the table's first level: a type of Parquet's, or `group` with the columns in it. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: string;
  readonly text: boolean;
  readonly children: readonly string[];
}

/** What a file says of itself: the rows in each group, the columns, and Hugging Face's description of them as JSON. */
export interface Table {
  readonly groups: readonly number[];
  readonly columns: readonly ParquetColumn[];
  readonly features: string | undefined;
}

/** For each row and each column asked for, its texts. */
export type ParquetTexts = readonly (readonly (readonly string[])[])[];

/** Image files one after the other, and where each ends. */
export interface ParquetImages {
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
}

/** What the thread is asked. */
export type ParquetTask =
  | { readonly kind: 'describe'; readonly path: string }
  | { readonly kind: 'texts'; readonly path: string; readonly columns: readonly string[] }
  | { readonly kind: 'images'; readonly path: string; readonly column: string; readonly group: number };

/** A shard larger than this is none. */
const MAX_BYTES = 20_000_000_000;
/** The heap of the thread, and the time that one answer may take. */
const MAX_HEAP_MB = 640;
const MAX_SECONDS = 30;

/** What a file says of itself. @throws LatentfillError where it is damaged. */
export async function describeParquet(path: string): Promise<Table> {
  await checkFile(path, MAX_BYTES);
  return ask<Table>({ kind: 'describe', path });
}

/** The texts in some columns. @throws LatentfillError where they are damaged. */
export function readTexts(path: string, columns: readonly string[]): Promise<ParquetTexts> {
  return ask<ParquetTexts>({ kind: 'texts', path, columns });
}

/** The image files of a group of rows. @throws LatentfillError where they are damaged. */
export function readImages(path: string, column: string, group: number): Promise<ParquetImages> {
  return ask<ParquetImages>({ kind: 'images', path, column, group });
}

let worker: Worker | undefined;
let last: Promise<unknown> = Promise.resolve();

/** One task at a time: the clock runs for one file. */
function ask<Answer>(task: ParquetTask): Promise<Answer> {
  const answer = last.then(() => run<Answer>(task));
  last = answer.catch(() => {});
  return answer;
}

async function run<Answer>(task: ParquetTask): Promise<Answer> {
  worker ??= start();
  const asked = worker;
  asked.ref();
  try {
    const { answer, error } = await reply(asked, task);
    if (error === undefined) return answer as Answer;
    throw wrong(task.path, error);
  } finally {
    asked.unref();
  }
}

/** The thread's next message. A thread that fails, or gives none in time, is ended. */
function reply(asked: Worker, task: ParquetTask): Promise<{ answer?: unknown; error?: string }> {
  return new Promise((resolve) => {
    const settle = (result: { answer?: unknown; error?: string }, usable: boolean) => {
      clearTimeout(timer);
      asked.removeAllListeners();
      asked.on('error', () => {}); // of a thread that is being ended
      if (!usable) {
        worker = undefined;
        void asked.terminate();
      }
      resolve(result);
    };
    const timer = setTimeout(
      () => settle({ error: `one that took ${MAX_SECONDS} s to read` }, false),
      1000 * MAX_SECONDS,
    );
    asked.removeAllListeners();
    asked.on('message', (message) => settle(message, true));
    asked.on('error', (error) => settle({ error: error.message }, false));
    asked.on('exit', () => settle({ error: 'one that ended the reader' }, false));
    asked.postMessage(task);
  });
}

function start(): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB };
  const built = new URL('./parquet-worker.js', import.meta.url);
  if (!import.meta.url.endsWith('.ts')) return new Worker(built, { resourceLimits });
  // Run from its source, as tests do, the thread first needs what reads TypeScript.
  const { href } = new URL('./parquet-worker.ts', import.meta.url);
  const { href: tsx } = new URL(
    './dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  );
  const entry = `import('${tsx}').then(({ register }) => { register(); return import('${href}'); })`;
  return new Worker(entry, { eval: true, resourceLimits });
}

function wrong(path: string, came: string): LatentfillError {
  return new LatentfillError(`Expected a Parquet file at '${path}', got a damaged one (${came}): fetch it again.`);
}
