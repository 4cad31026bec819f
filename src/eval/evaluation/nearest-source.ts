/** @file The training pictures that the baseline `nearest` looks through. Node only. */

import { openDataset } from '../../data/open-dataset.ts';
import type { Filler } from '../methods/method.ts';
import { openNearest } from '../methods/nearest-training.ts';

/** Training pictures at most, and bytes of them. */
const GALLERY = 10_000;
const BYTES = 2 ** 29;

/** Reads the training pictures of a source and looks for the nearest among them. */
export async function openNearestTraining(
  source: string,
  size: number,
  onRead: (done: number, all: number) => void = () => {},
  signal?: AbortSignal,
): Promise<Filler> {
  const dataset = await openDataset(source, { size, split: 'train' });
  const count = Math.min(GALLERY, dataset.length, Math.ceil(BYTES / (3 * size * size)));
  async function* pictures() {
    for (let i = 0; i < count; i++) {
      signal?.throwIfAborted();
      onRead(i, count);
      yield await dataset.image(i);
    }
  }
  return openNearest(pictures());
}
