import type { RecipeInput } from '../recipe-type.ts';

/**
 * The DCGAN pair (Radford et al. 2016) with the relativistic loss and both gradient penalties of R3GAN (Huang et al.
 * 2024), equal learning rates and no first moment. About a thousand images a minute on two cores at 64 pixels and width
 * 32.
 */
export const dcgan = {
  network: 'dcgan',
  width: 32,
  loss: 'relativistic',
  r1: 1,
  r2: 1,
  generator: { learningRate: 8e-4, finalLearningRate: 1e-4, beta1: 0, beta2: 0.99 },
  discriminator: { learningRate: 8e-4, finalLearningRate: 1e-4, beta1: 0, beta2: 0.99 },
  ema: 0.998,
  batch: 32,
} as const satisfies RecipeInput;
