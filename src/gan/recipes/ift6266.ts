import type { RecipeInput } from '../recipe-type.ts';

/**
 * The course project of 2017 (IFT6266, Université de Montréal) from which this library grew: DCGAN with batch norm in
 * the generator, the non-saturating loss, no penalty, fifteen discriminator steps and then ten generator steps. The
 * original had networks twice as wide, batches of 128 from MSCOCO, and batch norm in D too, which makes a logit depend
 * on its batch.
 */
export const ift6266 = {
  network: 'dcgan',
  width: 64,
  maxWidth: 1024,
  latent: 100,
  prior: 'uniform',
  loss: 'nonSaturating',
  r1: 0,
  r2: 0,
  generator: { learningRate: 5e-4, finalLearningRate: 5e-4, beta1: 0.6, beta2: 0.999 },
  discriminator: { learningRate: 1e-3, finalLearningRate: 1e-3, beta1: 0.9, beta2: 0.999 },
  ema: 0,
  batch: 128,
  discriminatorSteps: 15,
  generatorSteps: 10,
  checkpointEvery: 5,
} as const satisfies RecipeInput;
