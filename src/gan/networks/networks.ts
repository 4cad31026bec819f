/** @file The networks that recipes name, and how captions condition them. */

import { add, mul } from '../../graph/ops/elementwise.ts';
import { concat, reshape } from '../../graph/ops/layout.ts';
import { sum } from '../../graph/ops/reduce.ts';
import type { Value } from '../../graph/value.ts';
import type { TextForm } from '../../model/text/input-form.ts';
import { type Context, dense } from '../../nn/layers.ts';
import type { Ask } from '../../nn/parameters.ts';
import type { Recipe } from '../recipe.ts';
import { dcganFeatures, dcganGenerator } from './dcgan.ts';
import { r3ganFeatures, r3ganGenerator } from './r3gan.ts';
import { augmentCondition, encodeText } from './text-encoder.ts';

/** The inputs of a generator. */
export interface Sources {
  /** [N, latent]. */
  readonly z: Value;
  /** Captions, in the form of `textInput`; left out for networks without captions. */
  readonly text?: Value | undefined;
  /** Standard normal noise [N, captions.size] for conditioning augmentation; left out: no augmentation. */
  readonly noise?: Value | undefined;
}

/** A generator and a discriminator of one size. */
export interface Networks {
  /** Gives images [N, 3, size, size], about [−1, 1], and with conditioning augmentation its divergence. */
  readonly generator: (
    context: Pick<Context, 'ask'> & Partial<Context>,
    sources: Sources,
  ) => { image: Value; divergence?: Value };
  /**
   * Computes the features of images once, and returns a function from captions to logits [N]. No batch norm: an image's
   * logit must not depend on the other images.
   */
  readonly discriminator: (ask: Ask, images: Value) => (text?: Value) => Value;
}

/** The settings of a recipe that the networks depend on. */
export type NetworkRecipe = Pick<
  Recipe,
  'network' | 'size' | 'width' | 'maxWidth' | 'blocks' | 'groupWidth' | 'fine' | 'norm' | 'captions'
>;

/** The pair that a recipe names; `text` is null for networks without captions. */
export function networksOf(recipe: NetworkRecipe, text: TextForm | null): Networks {
  const { network, norm, captions } = recipe;
  return {
    generator(context, { z, text: given, noise }) {
      const { ask } = context;
      const draw = (latent: Value) =>
        network === 'dcgan'
          ? dcganGenerator({ norm, ...context }, latent, recipe)
          : r3ganGenerator(ask, latent, recipe);
      if (!text || !given) return { image: draw(z) };
      // The caption's code is concatenated with z (Reed et al. 2016, section 4.1).
      const encoded = encodeText(ask, given, text, captions.size);
      if (captions.augmentation === 0) return { image: draw(concat([z, encoded], 1)) };
      const { condition, divergence } = augmentCondition(ask, encoded, noise);
      return { image: draw(concat([z, condition], 1)), divergence };
    },
    discriminator(ask, images) {
      const plain = { ask, norm: 'none' } as const;
      const features = network === 'dcgan' ? dcganFeatures(plain, images, recipe) : r3ganFeatures(ask, images, recipe);
      const logit = reshape(dense(plain, 'logit', features, 1), [-1]);
      if (!text) return () => logit;
      // Projection (Miyato & Koyama 2018, eq. 3): adds how well the image fits its caption to how real it looks.
      const seen = dense(plain, 'match', features, captions.size);
      return (given) => {
        if (!given) return logit;
        const encoded = encodeText(ask, given, text, captions.size);
        const match = sum(mul(seen, dense(plain, 'text.match', encoded, captions.size)), [1]);
        return add(logit, mul(match, 1 / Math.sqrt(captions.size)));
      };
    },
  };
}
