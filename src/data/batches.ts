/** @file Batches of a dataset. The seed and the number of a step determine its images. Node only. */

import { availableParallelism } from 'node:os';
import { LatentfillError } from '../base/errors.ts';
import type { Dataset, DatasetOptions } from './dataset.ts';
import { lookAhead } from './look-ahead.ts';
import { type Batch, batchMaker, imageCache, type Made, type MakeOptions, type SkippedImage } from './make-batch.ts';
import { startThreads } from './workers.ts';

export type { Batch, SkippedImage } from './make-batch.ts';

/** The arguments of `openDataset`, with which worker threads can open the dataset too. */
export interface DatasetSource extends DatasetOptions {
  /** A name or a path, as `openDataset` understands it. */
  readonly source: string;
}

/** Settings of {@link batchLoader}. */
export interface BatchOptions {
  /** Images per batch. */
  readonly batch: number;
  readonly seed: number;
  /** Mirror each image with probability 1/2. @default false */
  readonly flip?: boolean;
  /** The probability that an image comes without its caption. @default 0 */
  readonly captionDropout?: number;
  /** Size of the cache of decoded images, shared by all threads, in bytes. @default 1 GiB */
  readonly cacheBytes?: number;
  /** Threads that read a {@link DatasetSource}. @default a quarter of the cores, at least 1, at most 4 */
  readonly workers?: number;
  /** Batches made in advance. @default 2 */
  readonly ahead?: number;
  /** Last batches that are kept, to be loaded again: at least those of one phase of training. @default 1 */
  readonly keep?: number;
  /** Cancels the opening of a {@link DatasetSource}. */
  readonly signal?: AbortSignal | undefined;
}

/** Gives any step's batch. Disposing of it ends its threads. */
export interface BatchLoader extends AsyncDisposable {
  /** Batches per epoch; an incomplete last batch is left out. */
  readonly epochLength: number;
  /** The damaged images found so far, each once; other images replaced them. */
  readonly skipped: readonly SkippedImage[];
  /**
   * The batch of a step (≥ 0). Also begins to make the next ones.
   * @throws LatentfillError when most images are damaged, and when a thread has died.
   */
  load(step: number): Promise<Batch>;
}

/** Makes batches, in this thread or in worker threads. */
export interface Maker extends AsyncDisposable {
  make(step: number): Promise<Made>;
}

/**
 * Batches of a dataset. Each epoch has its own random order, with every image at most once. A {@link DatasetSource} is
 * opened, decoded and mirrored in worker threads; a dataset that is already open is read in the calling thread. Both
 * give the same batches.
 * @throws LatentfillError where the source cannot be opened, or has too few images for a batch.
 */
export async function batchLoader(data: Dataset | DatasetSource, options: BatchOptions): Promise<BatchLoader> {
  const { batch, seed, flip = false, captionDropout = 0, cacheBytes = 2 ** 30 } = options;
  const { workers = defaultWorkers(), ahead = 2, keep = 1, signal } = options;
  const how = { batch, seed, flip, captionDropout };
  let epochLength = 0;
  const begin = (size: Pick<Dataset, 'length' | 'size'>) => {
    epochLength = batchesIn(size.length, batch);
    return imageCache(size, cacheBytes);
  };
  const maker: Maker =
    'image' in data
      ? makeHere(data, how, begin(data))
      : await startThreads(data, how, { count: Math.max(1, workers), begin, signal });
  const skipped = new Map<number, SkippedImage>();
  const load = lookAhead(
    async (step) => {
      const made = await maker.make(step);
      for (const image of made.skipped) if (!skipped.has(image.index)) skipped.set(image.index, image);
      return made.batch;
    },
    { ahead, keep },
  );
  return {
    epochLength,
    load,
    get skipped() {
      return [...skipped.values()];
    },
    [Symbol.asyncDispose]: () => maker[Symbol.asyncDispose](),
  };
}

function makeHere(dataset: Dataset, options: MakeOptions, cache: ReturnType<typeof imageCache>): Maker {
  let stopped = false;
  return {
    make: batchMaker(dataset, options, cache, () => stopped),
    async [Symbol.asyncDispose]() {
      stopped = true;
    },
  };
}

function batchesIn(length: number, batch: number): number {
  if (length >= batch) return Math.floor(length / batch);
  throw new LatentfillError(
    'data',
    `Expected at least ${batch} training images for a batch, got ${length}: add images or lower the batch size.`,
  );
}

/** Few threads, since training needs the cores, and one thread reads faster than a few cores train. */
function defaultWorkers(): number {
  return Math.min(4, Math.max(1, Math.floor(availableParallelism() / 4)));
}
