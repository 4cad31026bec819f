import type { RecipeInput } from '../recipe-type.ts';

/**
 * R3GAN (Huang et al. 2024), as its authors trained 64-pixel faces, but with smaller networks, for two cores. Over the
 * first part of the run the learning rate and the penalties fall, and β₂ and the probability of augmentation rise.
 */
export const r3gan = {
  network: 'r3gan',
  width: 16,
  maxWidth: 256,
  blocks: 1,
  groupWidth: 16,
  latent: 64,
  prior: 'normal',
  loss: 'relativistic',
  r1: 1,
  r2: 1,
  finalR1: 0.1,
  finalR2: 0.1,
  generator: { learningRate: 2e-4, finalLearningRate: 5e-5, beta1: 0, beta2: 0.9, finalBeta2: 0.99 },
  discriminator: { learningRate: 2e-4, finalLearningRate: 5e-5, beta1: 0, beta2: 0.9, finalBeta2: 0.99 },
  augment: { policy: ['colour', 'translation', 'cutout'], probability: 0, finalProbability: 0.3 },
  burnIn: 0.4,
  ema: 0.999,
  batch: 32,
} as const satisfies RecipeInput;
