/** @file Makes the batch of a step: the same in any thread, whatever was made before. */

import { LatentfillError } from '../base/errors.ts';
import { permutation, type Random, random } from '../base/random.ts';
import type { Dataset } from './dataset.ts';
import { readPicture } from './read-picture.ts';

/** One batch. Do not write to it: all requests for the step share it. */
export interface Batch {
  /** [batch, 3, size, size] in [−1, 1]. */
  readonly images: Float32Array;
  /** The images' indices in the dataset. */
  readonly indices: Uint32Array;
  /** One of each image's captions, drawn at random for each batch; null if it has none, or was left out. */
  readonly captions: readonly (string | null)[];
  /** The embedding of each caption, null where there is no caption; left out where the dataset brings none. */
  readonly embeddings?: readonly (Float32Array | null)[];
}

/** An image that cannot be read. */
export interface SkippedImage {
  /** In the dataset. */
  readonly index: number;
  /** The message of the error. */
  readonly reason: string;
}

/** A batch, and the damaged images that were first met while it was made. */
export interface Made {
  readonly batch: Batch;
  readonly skipped: readonly SkippedImage[];
}

/** The settings that, with the dataset, determine a step's batch. */
export interface MakeOptions {
  readonly batch: number;
  readonly seed: number;
  readonly flip: boolean;
  readonly captionDropout: number;
}

/** A cache of the first images of a dataset as 8-bit values, in memory that all threads share. */
export interface ImageCache {
  /** [capacity, 3, size, size] */
  readonly bytes: Uint8Array;
  /** 1 for each image that is cached; [capacity]. */
  readonly known: Uint8Array;
}

/** Images that are read to distinguish a few damaged images from a damaged dataset. */
const SAMPLE = 64;

/** An empty cache of as many images as fit in `cacheBytes`. */
export function imageCache({ length, size }: { length: number; size: number }, cacheBytes: number): ImageCache {
  const capacity = Math.min(length, Math.floor(cacheBytes / (3 * size ** 2)));
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(capacity * 3 * size ** 2)),
    known: new Uint8Array(new SharedArrayBuffer(capacity)),
  };
}

/**
 * A function that makes the batch of any step, one batch at a time. Seed, step and dataset determine it. A damaged
 * image is replaced by the next readable one, by index. `stopped` is called before each image: if it is true, the call
 * throws.
 * @throws LatentfillError when most images of a batch are damaged, and most of the dataset's.
 */
export function batchMaker(
  dataset: Dataset,
  { batch, seed, flip, captionDropout }: MakeOptions,
  cache: ImageCache,
  stopped: () => boolean = () => false,
): (step: number) => Promise<Made> {
  const pixels = 3 * dataset.size ** 2;
  const epochLength = Math.floor(dataset.length / batch);
  const damaged = new Map<number, string>();
  let reported = 0;
  let order: { epoch: number; indices: Uint32Array } | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let sampled = false;

  return (step) => {
    const made = before.then(() => make(step));
    before = made.catch(() => {});
    return made;
  };

  async function make(step: number): Promise<Made> {
    const indices = indicesOf(step);
    const pictures: (Uint8Array | undefined)[] = [];
    for (const index of indices) pictures.push(await read(index));
    if (pictures.filter((bytes) => !bytes).length > batch / 2) await checkDataset();
    const mirrored = random(seed, 'flip', step);
    const images = new Float32Array(batch * pixels);
    for (let i = 0; i < batch; i++) {
      while (!pictures[i]) {
        indices[i] = (indices[i]! + 1) % dataset.length;
        pictures[i] = await read(indices[i]!);
      }
      layOut(pictures[i]!, { mirror: flip && mirrored() < 0.5 }, dataset.size, images.subarray(i * pixels));
    }
    const skipped = [...damaged].slice(reported).map(([index, reason]) => ({ index, reason }));
    reported = damaged.size;
    return { batch: { images, indices, ...drawCaptions(indices, random(seed, 'caption', step)) }, skipped };
  }

  function indicesOf(step: number): Uint32Array {
    const epoch = Math.floor(step / epochLength);
    if (order?.epoch !== epoch) order = { epoch, indices: permutation(random(seed, 'order', epoch), dataset.length) };
    return order.indices.slice((step % epochLength) * batch, ((step % epochLength) + 1) * batch);
  }

  /** An image's bytes; undefined for a damaged one. */
  async function read(index: number): Promise<Uint8Array | undefined> {
    if (stopped()) throw new Error('Batches are asked for no more.');
    const isCached = index < cache.known.length;
    const cached = cache.bytes.subarray(index * pixels, (index + 1) * pixels);
    if (isCached && Atomics.load(cache.known, index) === 1) return cached;
    if (damaged.has(index)) return undefined;
    const { picture, reason } = await readPicture(dataset, index);
    if (!picture) {
      damaged.set(index, reason);
      return undefined;
    }
    const bytes = isCached ? cached : new Uint8Array(pixels);
    for (let p = 0; p < pixels; p++) bytes[p] = Math.round(picture.data[p]! * 255);
    // Another thread that read the same image wrote the same bytes.
    if (isCached) Atomics.store(cache.known, index, 1);
    return bytes;
  }

  /**
   * Judges the dataset by a fixed sample of images, since a single small batch may have many damaged ones by chance.
   */
  async function checkDataset(): Promise<void> {
    if (sampled) return;
    const sample = permutation(random('damaged'), dataset.length).subarray(0, SAMPLE);
    const reasons: string[] = [];
    for (const index of sample) if (!(await read(index))) reasons.push(damaged.get(index)!);
    if (reasons.length > sample.length / 2) {
      throw new LatentfillError(
        'data',
        `Expected images of '${dataset.name}' that can be read, got ${reasons.length} damaged ones among ${sample.length}: mend or remove them (the first: ${reasons[0]})`,
      );
    }
    sampled = true;
  }

  function drawCaptions(indices: Uint32Array, rng: Random): Pick<Batch, 'captions' | 'embeddings'> {
    const captions: (string | null)[] = [];
    const embeddings: (Float32Array | null)[] = [];
    for (const index of indices) {
      const [dropped, which] = [rng() < captionDropout, rng()];
      const texts = dataset.captions(index);
      const vectors = dataset.embeddings?.(index) ?? [];
      const at = Math.floor(which * (texts.length || vectors.length));
      captions.push(dropped ? null : (texts[at] ?? null));
      // A copy: a view into all of a dataset's embeddings would take them all to another thread.
      embeddings.push(dropped ? null : (vectors[at]?.slice() ?? null));
    }
    return dataset.embeddings ? { captions, embeddings } : { captions };
  }
}

/** The random transformation of an image. */
interface Placement {
  readonly mirror: boolean;
}

/** Bytes [3, size, size] as values in [−1, 1]. */
function layOut(bytes: Uint8Array, { mirror }: Placement, size: number, into: Float32Array): void {
  for (let p = 0; p < bytes.length; p++) {
    const from = mirror ? p + size - 1 - 2 * (p % size) : p;
    into[p] = bytes[from]! / 127.5 - 1;
  }
}
