/** @file Noise that a model draws: held, so that one latent gives one picture, at every run and in every batch. */

import { normal, random, uniform } from '../../base/random.ts';
import { expand } from '../ops/layout.ts';
import { constant, count, type Shape, type Value } from '../value.ts';
import { bounded } from './call.ts';

/** What a node draws from. */
export type Distribution =
  | { readonly kind: 'normal'; readonly mean: number; readonly scale: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number };

/** The noise of one node: its name, the shape of what it makes, and what it draws from. */
export type Noise = Distribution & { readonly name: string; readonly shape: Shape };

/**
 * Noise drawn once, from the random stream `path`. Where the first axis is the batch, every row gets the same: then a
 * picture depends neither on its place nor on how many are made with it.
 */
export function heldNoise(noise: Noise, path: string, batch: boolean): Value {
  const held = batch ? [1, ...noise.shape.slice(1)] : noise.shape;
  bounded(count(held));
  const rng = random('noise', path);
  const drawn =
    noise.kind === 'normal'
      ? normal(rng, count(held)).map((x) => noise.mean + noise.scale * x)
      : uniform(rng, count(held), noise.low, noise.high);
  return expand(constant(drawn, held), noise.shape);
}
