/**
 * @file Reads Parquet files through a child process, which is killed when it takes too much time or memory. Node only.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LatentfillError } from '../../base/errors.ts';
import { optional } from '../../base/optional-package.ts';
import { checkFile } from './read-file.ts';

/** A column of the table's first level: a type of Parquet's, or `group` with the columns in it. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: string;
  readonly text: boolean;
  readonly children: readonly string[];
}

/** A file's description: the rows in each group, the columns, and Hugging Face's description of them as JSON. */
export interface Table {
  readonly groups: readonly number[];
  readonly columns: readonly ParquetColumn[];
  readonly features: string | undefined;
}

/** For each row and each column asked for, its texts. */
export type ParquetTexts = readonly (readonly (readonly string[])[])[];

/** Concatenated image files, and the end of each. */
export interface ParquetImages {
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
}

/** A request to the process. */
export type ParquetTask =
  | { readonly kind: 'describe'; readonly path: string }
  | { readonly kind: 'texts'; readonly path: string; readonly columns: readonly string[] }
  | { readonly kind: 'images'; readonly path: string; readonly column: string; readonly group: number };

/** Size of a shard at most, in bytes. */
const MAX_BYTES = 20_000_000_000;
/** Limits of the process: its heap, and the seconds that an answer may take. */
const MAX_HEAP_MB = 640;
const MAX_SECONDS = { describe: 12, texts: 60, images: 20 } as const;

/** Reads a file's description. @throws LatentfillError where it is damaged. */
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

let reader: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Sends one task at a time, so that the time limit is for one file. */
function ask<Answer>(task: ParquetTask): Promise<Answer> {
  const answer = last.then(() => run<Answer>(task));
  last = answer.catch(() => {});
  return answer;
}

async function run<Answer>(task: ParquetTask): Promise<Answer> {
  // Checked here, since without the package the process would end, as for a damaged file.
  await optional(() => import('hyparquet'), 'hyparquet', 'Parquet files');
  reader ??= start();
  const asked = reader;
  hold(asked, true);
  try {
    const { answer, error } = await reply(asked, task);
    if (error === undefined) return answer as Answer;
    throw new LatentfillError(
      'data',
      `Expected a Parquet file at '${task.path}', got a damaged one (${error}): fetch it again.`,
    );
  } finally {
    hold(asked, false);
  }
}

/** An idle reader must not keep the program running. */
function hold(asked: ChildProcess, busy: boolean): void {
  for (const held of [asked, asked.channel]) {
    if (busy) held?.ref();
    else held?.unref();
  }
}

type Reply = { readonly answer?: unknown; readonly error?: string };

/** The reader's next message. A reader that fails, or sends none in time, is killed. */
function reply(asked: ChildProcess, task: ParquetTask): Promise<Reply> {
  return new Promise((resolve) => {
    const settle = (found: Reply, usable: boolean) => {
      clearTimeout(timer);
      asked.removeAllListeners();
      asked.on('error', () => {}); // errors of a process that is being killed
      if (!usable) {
        reader = undefined;
        asked.kill('SIGKILL');
      }
      resolve(found);
    };
    const seconds = MAX_SECONDS[task.kind];
    const late = () => settle({ error: `one that took more than ${seconds} s to read` }, false);
    const timer = setTimeout(late, 1000 * seconds);
    asked.removeAllListeners();
    asked.on('message', (found: Reply) => settle(found, true));
    asked.on('error', (error) => settle({ error: error.message }, false));
    asked.on('exit', () => settle({ error: 'one that fills the memory' }, false));
    asked.send(task);
  });
}

function start(): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(source ? './parquet-process.ts' : './parquet-process.js', import.meta.url));
  // Run from TypeScript source, as in tests, the child process needs tsx.
  const tsx = source ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return fork(file, [], {
    execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`, ...tsx],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
