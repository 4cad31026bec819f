/** @file Latents drawn from their prior. */

import { normal, type Random, random, uniform } from '../base/random.ts';

/** The distribution of each number of a latent, independently: U(−1, 1) or N(0, 1). */
export type Prior = 'uniform' | 'normal';

/** A space of latents, with their prior. */
export interface LatentSpace {
  /** Numbers in a latent. */
  readonly latent: number;
  readonly prior: Prior;
  /** Consecutive parts of a latent, each with a prior of its own. @default one part, with `prior` */
  readonly parts?: readonly { readonly size: number; readonly prior: Prior }[];
}

/** The parts of a latent. */
export function partsOf({ latent, prior, parts }: LatentSpace): NonNullable<LatentSpace['parts']> {
  return parts ?? [{ size: latent, prior }];
}

/** `rows` latents, [rows, latent]. */
export function drawLatents(space: LatentSpace, rng: Random, rows: number): Float32Array {
  const { latent, prior } = space;
  const parts = partsOf(space);
  const draw = (from: Prior, count: number) => (from === 'uniform' ? uniform(rng, count, -1, 1) : normal(rng, count));
  if (parts.every((part) => part.prior === prior)) return draw(prior, rows * latent);
  const all = new Float32Array(rows * latent);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const part of parts) {
      all.set(draw(part.prior, part.size), at);
      at += part.size;
    }
  }
  return all;
}

/** The latents of `count` samples, [count, latent]; every function that draws samples of a seed uses the same ones. */
export function sampleLatents(space: LatentSpace, count: number, seed = 0): Float32Array {
  return drawLatents(space, random(seed, 'samples'), count);
}
