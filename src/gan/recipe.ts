/** @file A recipe: every choice that makes a model, checked and with its defaults. A run's folder holds it resolved. */

import { z } from 'zod';

const optimiser = (learningRate: number) =>
  z
    .strictObject({
      learningRate: z.number().positive().default(learningRate).describe("Adam's learning rate at the start."),
      finalLearningRate: z
        .number()
        .positive()
        .default(learningRate / 10)
        .describe('What it has become at the end, by a half cosine.'),
      beta1: z.number().min(0).lt(1).default(0).describe('Decay of the first moment.'),
      beta2: z.number().gt(0).lt(1).default(0.99).describe('Decay of the second moment.'),
    })
    .prefault({});

/** Every setting of training. Unknown keys are errors. */
export const recipeSchema = z.strictObject({
  data: z.string().default('toon').describe('What to learn: toon, or a folder of images.'),
  images: z.int().positive().optional().describe('Use only the first so many training images.'),
  flip: z.boolean().default(false).describe('Show each image as it is or mirrored, at random.'),

  network: z.literal('dcgan').default('dcgan').describe('The pair of networks.'),
  size: z.literal([16, 32, 64, 128]).default(64).describe('Pixels a side.'),
  width: z
    .int()
    .min(1)
    .default(32)
    .describe('Channels of the layer next to the image; they double towards the middle.'),
  latent: z.int().min(1).default(100).describe('Numbers in a latent.'),
  prior: z.enum(['uniform', 'normal']).default('uniform').describe('Where latents come from: U(−1, 1) or N(0, 1).'),
  norm: z.enum(['batch', 'none']).default('batch').describe('Normalisation in the generator.'),

  loss: z
    .enum(['relativistic', 'nonSaturating', 'leastSquares'])
    .default('relativistic')
    .describe('What the networks play for.'),
  r1: z.number().min(0).default(1).describe('Weight of the gradient penalty on real images.'),
  r2: z.number().min(0).default(1).describe('Weight of the gradient penalty on generated images.'),
  generator: optimiser(8e-4),
  discriminator: optimiser(8e-4),
  ema: z.number().min(0).lt(1).default(0.998).describe("Decay of the generator's running average, per step."),

  batch: z.int().min(1).default(32).describe('Images per step.'),
  epochs: z.int().min(1).default(20).describe('Passes over the data.'),
  discriminatorSteps: z.int().min(1).default(1).describe('Discriminator steps in turn.'),
  generatorSteps: z.int().min(1).default(1).describe('Generator steps that follow them.'),
  checkpointEvery: z.int().min(1).default(5).describe('A checkpoint every so many epochs, and at the end.'),
  seed: z.int().min(0).default(0).describe('Names all randomness.'),
});

export type Recipe = z.output<typeof recipeSchema>;
