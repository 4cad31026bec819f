/**
 * @file The program of a thread of {@link startThreads}: opens the dataset and makes the requested batches. Node only.
 */

import { parentPort } from 'node:worker_threads';
import { toPosted } from '../base/errors.ts';
import type { Dataset } from './dataset.ts';
import { batchMaker, type Made } from './make-batch.ts';
import { openDataset } from './open-dataset.ts';
import type { Request } from './workers.ts';

const port = parentPort!;
let dataset: Dataset;
let make: (step: number) => Promise<Made>;

async function answer(request: Request): Promise<unknown> {
  if ('open' in request) {
    dataset = await openDataset(request.open.source, request.open);
    return { length: dataset.length, size: dataset.size };
  }
  if ('begin' in request) {
    const { options, cache, stop } = request.begin;
    make = batchMaker(dataset, options, cache, () => Atomics.load(stop, 0) === 1);
    return null;
  }
  return make(request.step);
}

port.on('message', async ({ id, request }: { id: number; request: Request | null }) => {
  if (request === null) return port.close(); // without open ports the thread ends
  try {
    const value = await answer(request);
    const { images, indices } = 'step' in request ? (value as Made).batch : {};
    port.postMessage(
      { id, value },
      images && indices ? [images.buffer as ArrayBuffer, indices.buffer as ArrayBuffer] : [],
    );
  } catch (error) {
    port.postMessage({ id, ...toPosted(error) });
  }
});
