/** @file Worker threads that make batches. Node only. */

import { Worker } from 'node:worker_threads';
import { unlessAborted } from '../base/abort.ts';
import { fromPosted, LatentfillError, type PostedError } from '../base/errors.ts';
import type { DatasetOptions } from './dataset.ts';
import type { ImageCache, Made, MakeOptions } from './make-batch.ts';

/** A request to a thread. It is first sent `open`, then `begin`, and then any number of steps. */
export type Request =
  | { readonly open: DatasetOptions & { readonly source: string } }
  | { readonly begin: { readonly options: MakeOptions; readonly cache: ImageCache; readonly stop: Int32Array } }
  | { readonly step: number };

/** What it answers: a value, or an error as text. */
export interface Answer extends PostedError {
  readonly id: number;
  readonly value?: unknown;
}

interface Size {
  readonly length: number;
  readonly size: number;
}

/** How long a thread may take to finish its current image, in milliseconds, before it is terminated. */
const PATIENCE_MS = 5000;

/** How threads are started. */
interface StartOptions {
  readonly count: number;
  /** Makes the cache that the threads share, from the size of the dataset. */
  readonly begin: (dataset: Size) => ImageCache;
  readonly signal: AbortSignal | undefined;
}

/**
 * Starts threads that each open the source. A step goes to the thread with the fewest pending requests.
 * @throws LatentfillError as `openDataset` and `begin` do.
 */
export async function startThreads(
  source: DatasetOptions & { readonly source: string },
  options: MakeOptions,
  { count, begin, signal }: StartOptions,
): Promise<{ make(step: number): Promise<Made> } & AsyncDisposable> {
  // A native library that only a worker thread has loaded is unloaded at that thread's end, which can crash the
  // process.
  await Promise.allSettled([import('sharp'), import('@resvg/resvg-js')]); // where one is missing, no thread loads it
  signal?.throwIfAborted();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const threads = Array.from({ length: count }, () => startThread());
  const dispose = async () => {
    Atomics.store(stop, 0, 1);
    await Promise.all(threads.map((thread) => thread.end()));
  };
  try {
    const opened = Promise.all(threads.map((thread) => thread.ask({ open: source })));
    const [dataset] = (await unlessAborted(opened, signal)) as [Size];
    const cache = begin(dataset);
    await Promise.all(threads.map((thread) => thread.ask({ begin: { options, cache, stop } })));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    make(step) {
      const idlest = threads.reduce((a, b) => (b.load() < a.load() ? b : a));
      return idlest.ask({ step }) as Promise<Made>;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function startThread() {
  // Without the flags of this process: those of `node --input-type=module -e` are refused for files.
  const worker = new Worker(program(), { execArgv: [] });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  let failure: Error | undefined;
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  worker.on('message', ({ id, value, ...posted }: Answer) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref(); // an idle thread must not keep the process alive
    const error = fromPosted(posted, 'In a thread that reads data');
    if (error) asker?.reject(error);
    else asker?.resolve(value);
  });
  worker.on('error', (error) => fail(asDeath(error)));
  worker.on('exit', (code) => fail(deadThread(`it ended with code ${code}`)));

  function fail(error: Error) {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  }

  return {
    /** The number of pending requests. */
    load: () => waiting.size,
    ask: (request: Request) =>
      new Promise<unknown>((resolve, reject) => {
        if (failure) return reject(failure);
        const id = asked++;
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, request });
      }),
    /** Lets the thread finish its current image, since terminating it within native code crashes the process. */
    async end() {
      fail(new Error('The loader of these batches was disposed of.'));
      worker.postMessage({ id: -1, request: null });
      const late = setTimeout(() => worker.terminate(), PATIENCE_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

/** The user can remedy a lack of memory; any other uncaught error of a thread is a bug. */
function asDeath(error: Error & { code?: string }): Error {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? deadThread('it ran out of memory') : error;
}

function deadThread(how: string): LatentfillError {
  return new LatentfillError(
    'ended',
    `Expected the thread that reads the data to go on, but ${how}: give Node more memory (NODE_OPTIONS=--max-old-space-size=8192) or use fewer images, then resume.`,
  );
}

/** worker.js beside this file; where this file is TypeScript, worker.ts, which a thread of Node 20 reads through tsx. */
function program(): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL('./worker.js', import.meta.url);
  const tsx = import.meta.resolve('tsx/esm/api');
  const worker = new URL('./worker.ts', import.meta.url);
  const code = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(worker)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
