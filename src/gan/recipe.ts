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
      finalLearningRate: positive.default(learningRate / 10).describe('Its final value, reached by a half cosine.'),
      beta1: decay.default(0).describe('Decay of the first moment.'),
      beta2: z.number().gt(0).lt(1).default(0.99).describe('Decay of the second moment.'),
      finalBeta2: z.number().gt(0).lt(1).optional().describe('Its final value, reached by a half cosine.'),
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
    size: z.int().min(1).default(128).describe("Numbers in a caption's code."),
    vocabulary: z.int().min(1).default(2048).describe('Words and bigrams known at most, the most frequent first.'),
    minimum: z.int().min(1).default(3).describe('How often a word must occur in the captions to be learned.'),
    dropout: probability
      .default(0.15)
      .describe('Probability that a caption is left out, so that the model also works without one.'),
    mismatched: weight.default(1).describe("Weight in D's loss of real images with the caption of another image."),
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
    probability: probability.default(1).describe('Probability of each change at the start.'),
    finalProbability: probability.optional().describe('Its final value, reached by a half cosine.'),
    target: probability.default(0.6).describe('For adaptive: the mean sign of D(real) − D(fake) to hold.'),
    horizon: z
      .int()
      .min(1)
      .default(500_000)
      .describe('For adaptive: images over which the probability can go from 0 to 1.'),
  })
  .prefault({});

/** Every setting of training. Unknown keys are errors. */
export const recipeSchema = z.strictObject({
  data: z.string().default('toon').describe('Training data: a source (docs/data.md), or a folder of images.'),
  images: z.int().positive().optional().describe('Use only this many training images, the first ones.'),
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
  groupWidth: z.int().min(1).default(16).describe('For r3gan: input channels of each group of a 3×3 convolution.'),
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
    .describe('The adversarial loss.'),
  r1: weight.default(1).describe('Weight of the gradient penalty on real images.'),
  r2: weight.default(1).describe('Weight of the gradient penalty on generated images.'),
  finalR1: weight.optional().describe('The final value of r1, reached by a half cosine.'),
  finalR2: weight.optional().describe('The final value of r2, reached by a half cosine.'),
  generator: optimiser(8e-4),
  discriminator: optimiser(8e-4),
  burnIn: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('The fraction of the run after which every schedule is at its final value.'),
  ema: decay.default(0.998).describe("Decay of the generator's running average, per step."),
  augment,

  batch: z.int().min(1).default(32).describe('Images per step.'),
  accumulate: z.int().min(1).default(1).describe('Batches whose gradients are added up before each update.'),
  epochs: z.int().min(1).default(20).describe('Passes over the data.'),
  discriminatorSteps: z.int().min(1).default(1).describe('Discriminator steps per cycle.'),
  generatorSteps: z.int().min(1).default(1).describe('Generator steps per cycle, after those.'),
  checkpointEvery: z.int().min(1).default(5).describe('Epochs between checkpoints; the last epoch has one too.'),
  seed: z.int().min(0).default(0).describe('Seed of all random streams.'),
});

export type Recipe = z.output<typeof recipeSchema>;

/** A recipe with every default filled in. @throws LatentfillError naming each setting that is wrong. */
export function resolveRecipe(recipe: unknown): Recipe {
  return parseOptions(recipeSchema, recipe, 'a valid recipe');
}
