/** @file The spaces in which a model can be searched: its latent, its waist, and one copy of the waist for each use. */

import type { Random } from '../base/random.ts';
import { count, type Value } from '../graph/value.ts';
import { latentParts, latentSpace } from './card.ts';
import { drawLatents, type LatentSpace } from './latents.ts';
import type { Model } from './model.ts';

/**
 * `latent`: z. `waist`: what the generator makes of z before its layers use it, w of StyleGAN, as numbers that are normal.
 * `untied`: such numbers for each use of the waist, w+ (Abdal et al. 2019).
 */
export type SpaceName = 'latent' | 'waist' | 'untied';

/** A space that is searched. */
export interface Space {
  readonly name: SpaceName;
  /** The numbers of a point, with their prior. */
  readonly points: LatentSpace;
  /** The copies of the waist at the start of a point, one after another, of `size` numbers each; left out: there are none. */
  readonly copies?: { readonly count: number; readonly size: number };
  /** From points [N, size] to images [N, 3, size, size] in the card's range. */
  image(point: Value, text?: Value): Value;
}

/** A space of a model; undefined for one that the model lacks. */
export function spaceOf(model: Model, name: SpaceName): Space | undefined {
  if (name === 'latent') return { name, points: latentSpace(model.card), image: model.generator };
  const { waist } = model;
  if (!waist) return undefined;
  const copies = { count: name === 'untied' ? waist.uses : 1, size: waist.size };
  const own = Array.from({ length: copies.count }, () => ({ size: waist.size, prior: 'normal' as const }));
  const rest = latentParts(model.card)
    .slice(1)
    .map(({ shape, prior }) => ({ size: count(shape), prior }));
  const parts = [...own, ...rest];
  const latent = parts.reduce((sum, { size }) => sum + size, 0);
  return { name, points: { latent, prior: 'normal', parts }, copies, image: waist.image };
}

/** A point of the waist with a copy of its own for each use. */
export function untiedPoint(point: Float32Array, waist: Space, untied: Space): Float32Array {
  const { size } = waist.copies!;
  const { count: uses } = untied.copies!;
  const all = new Float32Array(untied.points.latent);
  for (let use = 0; use < uses; use++) all.set(point.subarray(0, size), use * size);
  all.set(point.subarray(size), uses * size);
  return all;
}

/**
 * `rows` points, [rows, numbers]: random ones, but in a waist the first is the mean, to which most images are nearer than to
 * any other.
 */
export function drawPoints({ points, copies }: Space, rng: Random, rows: number): Float32Array {
  const drawn = drawLatents(points, rng, rows);
  return copies ? drawn.fill(0, 0, points.latent) : drawn;
}
