/** @file Detects memorisation: compares how near samples and held-out images are to the training images. */

import type { Image } from '../../image/image.ts';
import { resizeImage } from '../../image/resize.ts';
import { eachProduct, type Matrix, matrix, squaredNorms } from './inner-products.ts';

/** The nearest rows of a gallery. */
export interface Nearest {
  /** Which row of the gallery is nearest to each query. */
  readonly index: Uint32Array;
  /** Euclidean. */
  readonly distance: Float64Array;
}

/** How near samples are to the training set, compared with held-out images. */
export interface Memorisation {
  /**
   * The fraction of samples that are nearer to a training image than 95 % of held-out images are. It is 0.05 for a
   * generator that does not copy, and less while its images are poor.
   */
  readonly share: number;
  /**
   * The probability that a sample lies nearer to its training image than a held-out image to its own (the
   * Mann–Whitney statistic of Meehan, Chaudhuri and Dasgupta 2020): 0.5 without copying, 1 when all is copied.
   */
  readonly nearer: number;
}

/** Pixels a side at which images are compared pixel by pixel, so that fine details do not matter. */
const SIDE = 16;

/** Images as rows of pixels at 16×16, [images, 3 · 16 · 16], so that a distance is the root mean squared difference. */
export function pixelRows(images: readonly Image[]): Matrix {
  const scale = 1 / Math.sqrt(3 * SIDE * SIDE);
  return matrix(images.map((picture) => resizeImage(picture, SIDE, SIDE).data.map((v) => v * scale)));
}

/** The nearest row of `gallery` [n, d] to each of `queries` [m, d]. */
export async function nearest(queries: Matrix, gallery: Matrix, signal?: AbortSignal): Promise<Nearest> {
  const [q, g] = [squaredNorms(queries), squaredNorms(gallery)];
  const index = new Uint32Array(queries.rows);
  const squared = new Float64Array(queries.rows).fill(Number.POSITIVE_INFINITY);
  const look = (i: number, j: number, product: number) => {
    const distance = q[i]! + g[j]! - 2 * product;
    if (distance >= squared[i]!) return;
    squared[i] = distance;
    index[i] = j;
  };
  await eachProduct(queries, gallery, look, signal);
  return { index, distance: squared.map((d) => Math.sqrt(Math.max(0, d))) };
}

/** For each query, the nearer of two results, for example those of an image and of its mirror image. */
export function nearerOf(a: Nearest, b: Nearest): Nearest {
  const first = (i: number) => a.distance[i]! <= b.distance[i]!;
  return {
    index: a.index.map((index, i) => (first(i) ? index : b.index[i]!)),
    distance: a.distance.map((distance, i) => (first(i) ? distance : b.distance[i]!)),
  };
}

/** Compares the distances of samples and of held-out images to their nearest training images. */
export function memorisation(samples: ArrayLike<number>, heldout: ArrayLike<number>): Memorisation {
  const sorted = Float64Array.from(heldout).sort();
  const threshold = sorted[Math.floor(0.05 * sorted.length)]!;
  let [near, wins] = [0, 0];
  for (const distance of Array.from(samples)) {
    if (distance < threshold) near++;
    for (const other of sorted) wins += distance < other ? 1 : distance === other ? 0.5 : 0;
  }
  return { share: near / samples.length, nearer: wins / (samples.length * sorted.length) };
}
