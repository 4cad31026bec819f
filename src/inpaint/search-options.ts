/** @file The settings of a search. */

import { z } from 'zod';
import { isWindow } from './weights.ts';

/** The settings of a search; a preset has a value for each. */
export const searchSchema = z.strictObject({
  searchIn: z
    .enum(['auto', 'latent', 'waist', 'untied'])
    .describe(
      "Where to search: the generator's latent; its waist (w of StyleGAN); or the waist and then a copy of it for each use (w+). auto: the last, where there is a waist.",
    ),
  norm: z.enum(['l1', 'l2']).describe('Contextual loss: absolute (l1) or squared (l2) differences.'),
  finest: z
    .int()
    .min(0)
    .describe('Images are compared at sides of at most this many pixels; 0: at the full size of the model.'),
  coarsest: z
    .int()
    .min(0)
    .describe('They are also compared at a quarter of the side, and again, down to this many pixels; 0: they are not.'),
  window: z
    .int()
    .min(0)
    .refine(isWindow, { error: '0 or an odd number from 3' })
    .describe('Side of the window of the importance weights W, odd, from 3; 0 weighs all known pixels alike.'),
  reduction: z
    .enum(['mean', 'sum'])
    .describe('Contextual loss: weighted mean, or plain sum, over known pixels and channels.'),
  lambda: z.number().min(0).describe('Weight of the perceptual loss.'),
  lambdaPrior: z
    .number()
    .min(0)
    .describe(
      'Weight of the prior term of the latent, which replaces the perceptual loss of a model without a discriminator.',
    ),
  lambdaWaist: z.number().min(0).describe('Weight of the prior term in the waist, where it is normal.'),
  lambdaSpread: z.number().min(0).describe('Weight of the distance of the copies of the waist from their mean.'),
  perceptual: z
    .enum(['saturating', 'nonSaturating'])
    .describe('Perceptual loss: log(1 − D(G(z))) (saturating) or −log D(G(z)).'),
  optimiser: z.enum(['adam', 'gradientDescent']).describe('Optimiser of the latent.'),
  learningRate: z.number().positive().describe("The optimiser's step size."),
  schedule: z
    .enum(['constant', 'cosine', 'plateau'])
    .describe(
      'Learning rate: constant; falling to 0 by a half cosine in each round; or halved where the loss no longer falls, until that brings nothing.',
    ),
  momentum: z.number().min(0).lt(1).describe('Momentum of gradient descent.'),
  beta1: z.number().min(0).lt(1).describe("Adam's decay of the first moment."),
  beta2: z.number().gt(0).lt(1).describe("Adam's decay of the second moment."),
  steps: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('The most steps that a candidate may take. Left out: by the effort.'),
  gradientTolerance: z.number().min(0).describe('Stop when the l1 norm of every gradient is below this; 0: never.'),
  plateau: z.int().min(0).describe('Stop after this many steps without a 0.1 % better loss; 0: never.'),
  bound: z
    .enum(['prior', 'box', 'none'])
    .describe("Keep latents in their prior's range, in the box from −1 to 1, or anywhere."),
  screen: z
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe('Random latents to screen; the best of them begin the search. 0: no screening. Left out: by the effort.'),
  restarts: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('Candidates searched at once and ranked by their loss. Left out: by the effort.'),
  halving: z.boolean().describe('Give later steps only to the better candidates: all, then a quarter, then the best.'),
  blend: z
    .enum(['poisson', 'paste'])
    .describe('Blending of the fill with its surroundings: Poisson, or a plain paste.'),
});

export type SearchOptions = z.output<typeof searchSchema>;
