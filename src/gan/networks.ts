/** @file The networks by name: what a recipe picks from. */

import type { Value } from '../graph/value.ts';
import type { Context } from '../nn/layers.ts';
import type { Ask } from '../nn/parameters.ts';
import { dcganDiscriminator, dcganGenerator } from './dcgan.ts';
import type { Recipe } from './recipe.ts';

/** A generator and a discriminator of one size. */
export interface Networks {
  /** z [N, latent] to images [N, 3, size, size] in [−1, 1]. */
  readonly generator: (context: Pick<Context, 'ask'> & Partial<Context>, z: Value) => Value;
  /** Images to logits [N]. No batch norm: an image's logit must not depend on its neighbours. */
  readonly discriminator: (ask: Ask, images: Value) => Value;
}

/** The pair that a recipe names. */
export function networksOf(recipe: Pick<Recipe, 'network' | 'size' | 'width' | 'norm'>): Networks {
  return {
    generator: (context, z) => dcganGenerator({ norm: recipe.norm, ...context }, z, recipe),
    discriminator: (ask, images) => dcganDiscriminator({ ask, norm: 'none' }, images, recipe),
  };
}
