/**
 * @file The recipe: all settings of training, with checks and defaults. A run's folder holds it with every default
 * filled in.
 */

import { z } from 'zod';
import { parseOptions } from '../base/check-options.ts';

const positive = z.number().positive();
const weight = z.number().min(0);
const probability = z.number().min(0).max(1);
const decay = z.number().min(0).lt(1);

const optimiser = (learningRate: number) =>
  z
    .strictObject({
      learningRate: positive.default(learningRate).describe("Adam's learning rate at the start."),
      finalLearningRate: positive
        .default(learningRate / 10)
        .describe('What it has become at the end, by a half cosine.'),
      beta1: decay.default(0).describe('Decay of the first moment.'),
      beta2: z.number().gt(0).lt(1).default(0.99).describe('Decay of the second moment.'),
      finalBeta2: z.number().gt(0).lt(1).optional().describe('What it has become at the end, by a half cosine.'),
    })
    .prefault({});

const captions = z
  .strictObject({
    encoder: z
      .enum(['none', 'words', 'embedding'])
      .default('none')
      .describe(
        "How captions reach both networks: not at all, as a learned bag of words and bigrams, or as the data's own embeddings.",
      ),
    size: z.int().min(1).default(128).describe('Numbers that a caption becomes.'),
    vocabulary: z.int().min(1).default(2048).describe('Words and bigrams known at most, the most frequent first.'),
    minimum: z.int().min(1).default(3).describe('How often a word must occur in the captions to be learned.'),
    dropout: probability.default(0.15).describe('How often a caption is left out, so that one model serves without.'),
    mismatched: weight.default(1).describe("Weight in D's loss of real images beside the caption of another."),
    augmentation: weight
      .default(0)
      .describe('Weight of the divergence of conditioning augmentation (StackGAN); 0: none.'),
  })
  .prefault({});

const augment = z
  .strictObject({
    policy: z
      .array(z.enum(['colour', 'translation', 'cutout']))
      .default([])
      .describe('Which changes real and generated images go through before D sees them.'),
    mode: z
      .enum(['fixed', 'adaptive'])
      .default('fixed')
      .describe('The probability follows its schedule, or how often D is right.'),
    probability: probability.default(1).describe('Of each change, at the start.'),
    finalProbability: probability.optional().describe('What it has become at the end, by a half cosine.'),
    target: probability.default(0.6).describe('For adaptive: the mean sign of D(real) − D(fake) to hold.'),
    horizon: z
      .int()
      .min(1)
      .default(500_000)
      .describe('For adaptive: images in which the probability may go from 0 to 1.'),
  })
  .prefault({});

/** Every setting of training. Unknown keys are errors. */
export const recipeSchema = z.strictObject({
  data: z.string().default('toon').describe('What to learn: a source (docs/data.md), or a folder of images.'),
  images: z.int().positive().optional().describe('Use only the first so many training images.'),
  flip: z.boolean().default(false).describe('Show each image as it is or mirrored, at random.'),

  network: z.enum(['dcgan', 'r3gan']).default('dcgan').describe('The pair of networks.'),
  size: z.literal([16, 32, 64, 128]).default(64).describe('Pixels a side.'),
  width: z
    .int()
    .min(1)
    .default(32)
    .describe('Channels of the layer next to the image; they double towards the middle.'),
  maxWidth: z.int().min(1).default(256).describe('Channels at most.'),
  blocks: z.int().min(1).default(1).describe('For r3gan: residual blocks at each resolution.'),
  groupWidth: z.int().min(1).default(16).describe('For r3gan: channels that a group of a 3×3 convolution sees.'),
  fine: z
    .boolean()
    .default(false)
    .describe('For dcgan: width channels at the full resolution too, through a 3×3 convolution: cleaner edges.'),
  latent: z.int().min(1).default(100).describe('Numbers in a latent.'),
  prior: z.enum(['uniform', 'normal']).default('uniform').describe('Where latents come from: U(−1, 1) or N(0, 1).'),
  norm: z.enum(['batch', 'none']).default('batch').describe('For dcgan: normalisation in the generator.'),
  captions,

  loss: z
    .enum(['relativistic', 'nonSaturating', 'leastSquares'])
    .default('relativistic')
    .describe('What the networks play for.'),
  r1: weight.default(1).describe('Weight of the gradient penalty on real images.'),
  r2: weight.default(1).describe('Weight of the gradient penalty on generated images.'),
  finalR1: weight.optional().describe('What r1 has become at the end, by a half cosine.'),
  finalR2: weight.optional().describe('What r2 has become at the end, by a half cosine.'),
  generator: optimiser(8e-4),
  discriminator: optimiser(8e-4),
  burnIn: z.number().gt(0).max(1).default(1).describe('The part of the run over which every schedule ends.'),
  ema: decay.default(0.998).describe("Decay of the generator's running average, per step."),
  augment,

  batch: z.int().min(1).default(32).describe('Images per step.'),
  accumulate: z.int().min(1).default(1).describe('Batches whose gradients are added up before the weights move.'),
  epochs: z.int().min(1).default(20).describe('Passes over the data.'),
  discriminatorSteps: z.int().min(1).default(1).describe('Discriminator steps in turn.'),
  generatorSteps: z.int().min(1).default(1).describe('Generator steps that follow them.'),
  checkpointEvery: z.int().min(1).default(5).describe('A checkpoint every so many epochs, and at the end.'),
  seed: z.int().min(0).default(0).describe('Names all randomness.'),
});

export type Recipe = z.output<typeof recipeSchema>;

/** A recipe with every default filled in. @throws LatentfillError naming each setting that is wrong. */
export function resolveRecipe(recipe: unknown): Recipe {
  return parseOptions(recipeSchema, recipe, 'a valid recipe');
}
