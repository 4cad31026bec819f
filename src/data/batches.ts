/** @file From a dataset to batches: which images a step sees follows from the seed and the step alone. */

import { LatentfillError } from '../base/errors.ts';
import { permutation, random } from '../base/random.ts';
import type { Dataset } from './dataset.ts';

/** Settings of {@link batchLoader}. */
export interface BatchOptions {
  /** Images per batch. */
  readonly batch: number;
  readonly seed: number;
  /** Mirror each image with probability 1/2. @default false */
  readonly flip?: boolean;
  /** The probability that an image comes without its caption. @default 0 */
  readonly captionDropout?: number;
  /** Bytes of decoded images to keep, so that each is drawn or read once. @default 1 GiB */
  readonly cacheBytes?: number;
}

/** One batch. */
export interface Batch {
  /** [batch, 3, size, size] in [−1, 1]. */
  readonly images: Float32Array;
  /** The images' indices in the dataset. */
  readonly indices: Uint32Array;
  /** One of each image's captions, drawn anew every time; null where it has none, or where it was dropped. */
  readonly captions: readonly (string | null)[];
  /** The embedding of each caption, null where there is no caption; left out where the dataset brings none. */
  readonly embeddings?: readonly (Float32Array | null)[];
}

/** Gives any step's batch. */
export interface BatchLoader {
  /** Batches per epoch; images that would not fill one wait for the next epoch's order. */
  readonly epochLength: number;
  load(step: number): Promise<Batch>;
}

/** Batches of a dataset: each epoch in an order of its own, every image at most once. */
export function batchLoader(dataset: Dataset, options: BatchOptions): BatchLoader {
  const { batch, seed, flip = false, captionDropout = 0, cacheBytes = 2 ** 30 } = options;
  const pixels = 3 * dataset.size ** 2;
  const epochLength = Math.floor(dataset.length / batch);
  if (epochLength === 0) {
    throw new LatentfillError(
      `Expected at least ${batch} training images for a batch, got ${dataset.length}: add images or lower the batch size.`,
    );
  }
  const cache = new Map<number, Uint8Array>();
  const capacity = Math.floor(cacheBytes / pixels);
  let order: { epoch: number; indices: Uint32Array } | undefined;

  async function bytesOf(index: number): Promise<Uint8Array> {
    const known = cache.get(index);
    if (known) return known;
    const { data } = await dataset.image(index);
    const bytes = Uint8Array.from(data, (v) => Math.round(v * 255));
    if (cache.size < capacity) cache.set(index, bytes);
    return bytes;
  }

  async function load(step: number): Promise<Batch> {
    const epoch = Math.floor(step / epochLength);
    if (order?.epoch !== epoch) order = { epoch, indices: permutation(random(seed, 'order', epoch), dataset.length) };
    const indices = order.indices.slice((step % epochLength) * batch, ((step % epochLength) + 1) * batch);
    const mirrored = random(seed, 'flip', step);
    const drawn = random(seed, 'caption', step);
    const images = new Float32Array(batch * pixels);
    const captions: (string | null)[] = [];
    for (const [i, index] of indices.entries()) {
      const bytes = await bytesOf(index);
      const mirror = flip && mirrored() < 0.5;
      for (let p = 0; p < pixels; p++) {
        const from = mirror ? p + dataset.size - 1 - 2 * (p % dataset.size) : p;
        images[i * pixels + p] = bytes[from]! / 127.5 - 1;
      }
      const [dropped, which] = [drawn() < captionDropout, drawn()];
      const known = dataset.captions(index);
      captions.push(dropped ? null : (known[Math.floor(which * known.length)] ?? null));
    }
    return { images, indices, captions };
  }

  return { epochLength, load };
}
