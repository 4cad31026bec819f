/** @file A recipe as it is written down. Written by `npm run docs` from the schema, which is where to change it. */

/** A recipe as it is written down: what is left out has its default. */
export interface RecipeInput {
  /** Training data: a source (docs/data.md), or a folder of images. @default 'toon' */
  readonly data?: string | undefined;
  /** Use only this many training images, the first ones. */
  readonly images?: number | undefined;
  /** Show each image as it is or mirrored, at random. @default false */
  readonly flip?: boolean | undefined;
  /** The pair of networks. @default 'dcgan' */
  readonly network?: 'dcgan' | 'r3gan' | undefined;
  /** Pixels a side. @default 64 */
  readonly size?: 16 | 32 | 64 | 128 | undefined;
  /** Channels of the layer next to the image; they double towards the middle. @default 32 */
  readonly width?: number | undefined;
  /** Channels at most. @default 256 */
  readonly maxWidth?: number | undefined;
  /** For r3gan: residual blocks at each resolution. @default 1 */
  readonly blocks?: number | undefined;
  /** For r3gan: input channels of each group of a 3×3 convolution. @default 16 */
  readonly groupWidth?: number | undefined;
  /** For dcgan: width channels at the full resolution too, through a 3×3 convolution: cleaner edges. @default false */
  readonly fine?: boolean | undefined;
  /** Numbers in a latent. @default 100 */
  readonly latent?: number | undefined;
  /** Where latents come from: U(−1, 1) or N(0, 1). @default 'uniform' */
  readonly prior?: 'uniform' | 'normal' | undefined;
  /** For dcgan: normalisation in the generator. @default 'batch' */
  readonly norm?: 'batch' | 'none' | undefined;
  readonly captions?: {
    /**
     * How captions reach both networks: not at all, as a learned bag of words and bigrams, or as the data's own
     * embeddings. @default 'none'
     */
    readonly encoder?: 'none' | 'words' | 'embedding' | undefined;
    /** Numbers in a caption's code. @default 128 */
    readonly size?: number | undefined;
    /** Words and bigrams known at most, the most frequent first. @default 2048 */
    readonly vocabulary?: number | undefined;
    /** How often a word must occur in the captions to be learned. @default 3 */
    readonly minimum?: number | undefined;
    /** Probability that a caption is left out, so that the model also works without one. @default 0.15 */
    readonly dropout?: number | undefined;
    /** Weight in D's loss of real images with the caption of another image. @default 1 */
    readonly mismatched?: number | undefined;
    /** Weight of the divergence of conditioning augmentation (StackGAN); 0: none. @default 0 */
    readonly augmentation?: number | undefined;
  };
  /** The adversarial loss. @default 'relativistic' */
  readonly loss?: 'relativistic' | 'nonSaturating' | 'leastSquares' | undefined;
  /** Weight of the gradient penalty on real images. @default 1 */
  readonly r1?: number | undefined;
  /** Weight of the gradient penalty on generated images. @default 1 */
  readonly r2?: number | undefined;
  /** The final value of r1, reached by a half cosine. */
  readonly finalR1?: number | undefined;
  /** The final value of r2, reached by a half cosine. */
  readonly finalR2?: number | undefined;
  readonly generator?: {
    /** Adam's learning rate at the start. @default 0.0008 */
    readonly learningRate?: number | undefined;
    /** Its final value, reached by a half cosine. @default 0.00008 */
    readonly finalLearningRate?: number | undefined;
    /** Decay of the first moment. @default 0 */
    readonly beta1?: number | undefined;
    /** Decay of the second moment. @default 0.99 */
    readonly beta2?: number | undefined;
    /** Its final value, reached by a half cosine. */
    readonly finalBeta2?: number | undefined;
  };
  readonly discriminator?: {
    /** Adam's learning rate at the start. @default 0.0008 */
    readonly learningRate?: number | undefined;
    /** Its final value, reached by a half cosine. @default 0.00008 */
    readonly finalLearningRate?: number | undefined;
    /** Decay of the first moment. @default 0 */
    readonly beta1?: number | undefined;
    /** Decay of the second moment. @default 0.99 */
    readonly beta2?: number | undefined;
    /** Its final value, reached by a half cosine. */
    readonly finalBeta2?: number | undefined;
  };
  /** The fraction of the run after which every schedule is at its final value. @default 1 */
  readonly burnIn?: number | undefined;
  /** Decay of the generator's running average, per step. @default 0.998 */
  readonly ema?: number | undefined;
  readonly augment?: {
    /** Which changes real and generated images go through before D sees them. @default [] */
    readonly policy?: readonly ('colour' | 'translation' | 'cutout')[] | undefined;
    /** The probability follows its schedule, or how often D is right. @default 'fixed' */
    readonly mode?: 'fixed' | 'adaptive' | undefined;
    /** Probability of each change at the start. @default 1 */
    readonly probability?: number | undefined;
    /** Its final value, reached by a half cosine. */
    readonly finalProbability?: number | undefined;
    /** For adaptive: the mean sign of D(real) − D(fake) to hold. @default 0.6 */
    readonly target?: number | undefined;
    /** For adaptive: images over which the probability can go from 0 to 1. @default 500000 */
    readonly horizon?: number | undefined;
  };
  /** Images per step. @default 32 */
  readonly batch?: number | undefined;
  /** Batches whose gradients are added up before each update. @default 1 */
  readonly accumulate?: number | undefined;
  /** Passes over the data. @default 20 */
  readonly epochs?: number | undefined;
  /** Discriminator steps per cycle. @default 1 */
  readonly discriminatorSteps?: number | undefined;
  /** Generator steps per cycle, after those. @default 1 */
  readonly generatorSteps?: number | undefined;
  /** Epochs between checkpoints; the last epoch has one too. @default 5 */
  readonly checkpointEvery?: number | undefined;
  /** Seed of all random streams. @default 0 */
  readonly seed?: number | undefined;
}
