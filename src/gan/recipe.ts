/** @file A recipe: every choice that makes a model, checked and with its defaults. A run's folder holds it resolved. */

import { z } from 'zod';

const optimiser = (learningRate: number) =>
  z
    .strictObject({
      /** Adam's learning rate at the start. */
      learningRate: z.number().positive().default(learningRate),
      /** What it has become at the end, by a half cosine. */
      finalLearningRate: z
        .number()
        .positive()
        .default(learningRate / 10),
      beta1: z.number().min(0).lt(1).default(0),
      beta2: z.number().gt(0).lt(1).default(0.99),
    })
    .prefault({});

/** Every setting of training. Unknown keys are errors. */
export const recipeSchema = z.strictObject({
  /** `toon`, or a folder of images. */
  data: z.string().default('toon'),
  /** Use only the first so many training images; all when left out (for `toon`, 30 000). */
  images: z.int().positive().optional(),
  /** Show each image as it is or mirrored, at random. */
  flip: z.boolean().default(false),

  network: z.literal('dcgan').default('dcgan'),
  /** Pixels a side. */
  size: z.literal([16, 32, 64, 128]).default(64),
  /** Channels of the layer next to the image; G and D double it towards their middle. */
  width: z.int().min(1).default(32),
  /** Numbers in a latent. */
  latent: z.int().min(1).default(100),
  /** Where latents come from: U(−1, 1) or N(0, 1). */
  prior: z.enum(['uniform', 'normal']).default('uniform'),
  /** Batch norm in the generator. */
  norm: z.enum(['batch', 'none']).default('batch'),

  loss: z.enum(['relativistic', 'nonSaturating', 'leastSquares']).default('relativistic'),
  /** Weight of the gradient penalty on real images. */
  r1: z.number().min(0).default(1),
  /** Weight of the gradient penalty on generated images. */
  r2: z.number().min(0).default(1),
  generator: optimiser(5e-4),
  discriminator: optimiser(5e-4),
  /** Decay of the generator's running average, per generator step. */
  ema: z.number().min(0).lt(1).default(0.999),

  /** Images per step. */
  batch: z.int().min(1).default(32),
  /** Passes over the data. */
  epochs: z.int().min(1).default(20),
  /** Discriminator steps, then generator steps, in turn. */
  discriminatorSteps: z.int().min(1).default(1),
  generatorSteps: z.int().min(1).default(1),
  /** A checkpoint every so many epochs, and at the end. */
  checkpointEvery: z.int().min(1).default(5),
  seed: z.int().min(0).default(0),
});

export type Recipe = z.output<typeof recipeSchema>;
