import type { RecipeInput } from '../recipe-type.ts';

/**
 * The model `landscape-64`: 124 photographs, 21 squares of each, mirrored at random. A GAN would memorise so few
 * pictures, so all of DiffAugment's changes are used. The caption is the kind of scene, and is left out a third of the
 * time.
 */
export const landscape64 = {
  data: 'landscapes',
  flip: true,
  network: 'dcgan',
  size: 64,
  width: 16,
  fine: true,
  norm: 'none',
  latent: 100,
  prior: 'normal',
  captions: { encoder: 'words', size: 64, dropout: 0.35 },
  loss: 'relativistic',
  r1: 2,
  r2: 2,
  finalR1: 0.5,
  finalR2: 0.5,
  generator: { learningRate: 8e-4, finalLearningRate: 5e-5 },
  discriminator: { learningRate: 8e-4, finalLearningRate: 5e-5 },
  augment: { policy: ['colour', 'translation', 'cutout'], probability: 0.6 },
  ema: 0.999,
  batch: 32,
  epochs: 100,
  checkpointEvery: 10,
  seed: 1,
} as const satisfies RecipeInput;
