/** @file The options of a fill. Written by `npm run docs` from the schema, which is where to change it. */

/** The options of a fill, all optional: a preset, and what differs from it. */
export interface Options {
  /**
   * Where to search: the generator's latent; its waist (w of StyleGAN); or the waist and then a copy of it for each use
   * (w+). auto: the last, where there is a waist. @default 'auto' (ift6266: 'latent', yeh2017: 'latent', bamos:
   * 'latent')
   */
  readonly searchIn?: 'auto' | 'latent' | 'waist' | 'untied' | undefined;
  /** Contextual loss: absolute (l1) or squared (l2) differences. @default 'l1' (ift6266: 'l2') */
  readonly norm?: 'l1' | 'l2' | undefined;
  /**
   * Images are compared at sides of at most this many pixels; 0: at the full size of the model. @default 256 (ift6266:
   * 0, yeh2017: 0, bamos: 0)
   */
  readonly finest?: number | undefined;
  /**
   * They are also compared at a quarter of the side, and again, down to this many pixels; 0: they are not. @default 64
   * (ift6266: 0, yeh2017: 0, bamos: 0)
   */
  readonly coarsest?: number | undefined;
  /**
   * Side of the window of the importance weights W, odd, from 3; 0 weighs all known pixels alike. @default 0 (yeh2017:
   * 7)
   */
  readonly window?: number | undefined;
  /**
   * Contextual loss: weighted mean, or plain sum, over known pixels and channels. @default 'mean' (yeh2017: 'sum',
   * bamos: 'sum')
   */
  readonly reduction?: 'mean' | 'sum' | undefined;
  /** Weight of the perceptual loss. @default 0.001 (ift6266: 0.00001, yeh2017: 0.003, bamos: 0.1) */
  readonly lambda?: number | undefined;
  /**
   * Weight of the prior term of the latent, which replaces the perceptual loss of a model without a discriminator.
   * @default 0.001
   */
  readonly lambdaPrior?: number | undefined;
  /** Weight of the prior term in the waist, where it is normal. @default 0.06 */
  readonly lambdaWaist?: number | undefined;
  /** Weight of the distance of the copies of the waist from their mean. @default 0.1 */
  readonly lambdaSpread?: number | undefined;
  /**
   * Perceptual loss: log(1 − D(G(z))) (saturating) or −log D(G(z)). @default 'nonSaturating' (ift6266: 'saturating',
   * yeh2017: 'saturating')
   */
  readonly perceptual?: 'saturating' | 'nonSaturating' | undefined;
  /** Optimiser of the latent. @default 'adam' (ift6266: 'gradientDescent') */
  readonly optimiser?: 'adam' | 'gradientDescent' | undefined;
  /** The optimiser's step size. @default 0.08 (ift6266: 0.9, yeh2017: 0.01, bamos: 0.01) */
  readonly learningRate?: number | undefined;
  /**
   * Learning rate: constant; falling to 0 by a half cosine in each round; or halved where the loss no longer falls,
   * until that brings nothing. @default 'plateau' (ift6266: 'constant', yeh2017: 'constant', bamos: 'constant')
   */
  readonly schedule?: 'constant' | 'cosine' | 'plateau' | undefined;
  /** Momentum of gradient descent. @default 0 */
  readonly momentum?: number | undefined;
  /** Adam's decay of the first moment. @default 0.9 */
  readonly beta1?: number | undefined;
  /** Adam's decay of the second moment. @default 0.99 (ift6266: 0.999, yeh2017: 0.999, bamos: 0.999) */
  readonly beta2?: number | undefined;
  /** The most steps that a candidate may take. Left out: by the effort. */
  readonly steps?: number | undefined;
  /** Stop when the l1 norm of every gradient is below this; 0: never. @default 0 (ift6266: 0.0001) */
  readonly gradientTolerance?: number | undefined;
  /** Stop after this many steps without a 0.1 % better loss; 0: never. @default 0 */
  readonly plateau?: number | undefined;
  /**
   * Keep latents in their prior's range, in the box from −1 to 1, or anywhere. @default 'prior' (ift6266: 'none',
   * yeh2017: 'box', bamos: 'box')
   */
  readonly bound?: 'prior' | 'box' | 'none' | undefined;
  /** Random latents to screen; the best of them begin the search. 0: no screening. Left out: by the effort. */
  readonly screen?: number | undefined;
  /** Candidates searched at once and ranked by their loss. Left out: by the effort. */
  readonly restarts?: number | undefined;
  /**
   * Give later steps only to the better candidates: all, then a quarter, then the best. @default true (ift6266: false,
   * yeh2017: false, bamos: false)
   */
  readonly halving?: boolean | undefined;
  /**
   * Blending of the fill with its surroundings: Poisson, or a plain paste. @default 'poisson' (ift6266: 'paste', bamos:
   * 'paste')
   */
  readonly blend?: 'poisson' | 'paste' | undefined;
  /** Defaults of the other settings: ours, or those of a paper or project. @default 'default' */
  readonly preset?: 'default' | 'ift6266' | 'yeh2017' | 'bamos' | undefined;
  /**
   * How much is searched, where steps, screen and restarts are left out: by what an image of the model costs. @default
   * 'normal'
   */
  readonly effort?: 'quick' | 'normal' | 'thorough' | undefined;
  /** Time for the search of a hole at most; how far it comes then depends on the machine. Left out: no limit. */
  readonly seconds?: number | undefined;
  /** The same seed, model and options give the same result on the same device. @default 0 */
  readonly seed?: number | undefined;
  /**
   * Side of the view that the model sees, as a multiple of the hole's longer side; at least the model's own size. Left
   * out: as the model was taught to see, by its card.
   */
  readonly context?: number | undefined;
}
