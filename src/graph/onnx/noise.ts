/** @file Noise that a model draws: held, so that one latent gives one picture, at every run and in every batch. */

import { normal, random, uniform } from '../../base/random.ts';
import { expand } from '../ops/layout.ts';
import { constant, count, type Shape, type Value } from '../value.ts';
import { bounded, expected, type Rebatch } from './call.ts';

/** What a node draws from. */
export type Distribution =
  | { readonly kind: 'normal'; readonly mean: number; readonly scale: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number };

/** The noise of one node: its name, the shape of what it makes, and what it draws from. */
export type Noise = Distribution & { readonly name: string; readonly shape: Shape };

/** Operators that choose at random: with held noise a model would choose the same for every latent. */
export const choosesAtRandom: ReadonlySet<string> = new Set(['Bernoulli', 'Multinomial']);

/** What the noise of a model's nodes depends on. */
export interface NoiseContext {
  readonly rebatch: Rebatch | undefined;
  /** The first sizes of the model's inputs: as the file declares them, and as it is read. */
  readonly batches: { readonly ofFile: ReadonlySet<number>; readonly now: ReadonlySet<number> };
  /** Gives noise in place of what nodes would draw. */
  readonly noise: ((noise: Noise) => Value) | undefined;
}

/**
 * The noise of a node: the caller's, or its own. `path` names the node within the model; a shape `ofFile` is that of the
 * export, at its own batch size.
 */
export function noiseOf(
  { rebatch, batches, noise: given }: NoiseContext,
  { name, path }: { readonly name: string; readonly path: string },
  distribution: Distribution,
  shape: Shape,
  { ofFile = false } = {},
): Value {
  const batch = (ofFile ? batches.ofFile : batches.now).has(shape[0] ?? 0);
  const wanted = ofFile && rebatch && shape[0] === rebatch.from ? shape.with(0, rebatch.to) : shape;
  const noise: Noise = { ...distribution, name, shape: wanted };
  const made = given?.(noise) ?? heldNoise(noise, path, batch);
  if (made.dtype === 'float32' && `${made.shape}` === `${wanted}`) return made;
  return expected(`float32 noise [${wanted}]`, `${made.dtype} [${made.shape}]`);
}

/**
 * Noise drawn once, from the random stream `path`. Where the first axis is the batch, every row gets the same: then a
 * picture depends neither on its place nor on how many are made with it.
 */
function heldNoise(noise: Noise, path: string, batch: boolean): Value {
  const held = batch ? [1, ...noise.shape.slice(1)] : noise.shape;
  bounded(count(held));
  const rng = random('noise', path);
  const drawn =
    noise.kind === 'normal'
      ? normal(rng, count(held)).map((x) => noise.mean + noise.scale * x)
      : uniform(rng, count(held), noise.low, noise.high);
  return expand(constant(drawn, held), noise.shape);
}
