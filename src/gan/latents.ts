/** @file Latents as their prior draws them. */

import { normal, type Random, uniform } from '../base/random.ts';

/** Where latents come from. */
export interface LatentSpace {
  /** Numbers in a latent. */
  readonly latent: number;
  /** U(−1, 1) or N(0, 1), each number alone. */
  readonly prior: 'uniform' | 'normal';
}

/** `rows` latents, [rows, latent]. */
export function drawLatents({ latent, prior }: LatentSpace, rng: Random, rows: number): Float32Array {
  return prior === 'uniform' ? uniform(rng, rows * latent, -1, 1) : normal(rng, rows * latent);
}
