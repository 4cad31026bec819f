import type { RecipeInput } from '../recipe-type.ts';

/** The model `fashion-32`: Fashion-MNIST at 32 pixels, with the names of its ten classes as captions. */
export const fashion32 = {
  data: 'fashion-mnist',
  network: 'dcgan',
  size: 32,
  width: 16,
  fine: true,
  norm: 'none',
  latent: 64,
  prior: 'normal',
  captions: { encoder: 'words', size: 64, dropout: 0.2 },
  loss: 'relativistic',
  r1: 1,
  r2: 1,
  finalR1: 0.2,
  finalR2: 0.2,
  generator: { learningRate: 8e-4, finalLearningRate: 5e-5 },
  discriminator: { learningRate: 8e-4, finalLearningRate: 5e-5 },
  ema: 0.999,
  batch: 32,
  epochs: 7,
  checkpointEvery: 1,
  seed: 1,
} as const satisfies RecipeInput;
