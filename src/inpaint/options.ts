/** @file Every option of a fill: one schema for library, command line and, later, HTTP and forms. */

import { z } from 'zod';
import { parseOptions } from '../base/options.ts';

/** The settings of a search; a preset has a value for each. */
const searchSchema = z.strictObject({
  norm: z.enum(['l1', 'l2']).describe('Contextual loss: absolute (l1) or squared (l2) differences.'),
  window: z
    .int()
    .min(0)
    .describe('Side of the window of the importance weights W, odd; 0 weighs all known pixels alike.'),
  reduction: z
    .enum(['mean', 'sum'])
    .describe('Contextual loss: weighted mean, or plain sum, over known pixels and channels.'),
  lambda: z.number().min(0).describe('Weight of the perceptual loss.'),
  lambdaPrior: z
    .number()
    .min(0)
    .describe('Weight of the prior term, which stands in where a model has no discriminator.'),
  perceptual: z
    .enum(['saturating', 'nonSaturating'])
    .describe('Perceptual loss: log(1 − D(G(z))) (saturating) or −log D(G(z)).'),
  optimiser: z.enum(['adam', 'gradientDescent']).describe('What moves the latent.'),
  learningRate: z.number().positive().describe("The optimiser's step size."),
  schedule: z
    .enum(['constant', 'cosine'])
    .describe('Learning rate: constant, or falling to 0 by a half cosine in each round.'),
  momentum: z.number().min(0).lt(1).describe('Momentum of gradient descent.'),
  beta1: z.number().min(0).lt(1).describe("Adam's decay of the first moment."),
  beta2: z.number().gt(0).lt(1).describe("Adam's decay of the second moment."),
  steps: z.int().min(1).max(1_000_000).describe('The most steps that a candidate may take.'),
  gradientTolerance: z.number().min(0).describe('Stop when the l1 norm of every gradient is below this; 0: never.'),
  plateau: z.int().min(0).describe('Stop after so many steps without a 0.1 % better loss; 0: never.'),
  bound: z
    .enum(['prior', 'box', 'none'])
    .describe("Keep latents in their prior's range, in the box from −1 to 1, or anywhere."),
  screen: z
    .int()
    .min(0)
    .max(100_000)
    .describe('Random latents tried first, the best of which begin the search; 0: none.'),
  restarts: z.int().min(1).max(64).describe('Candidates searched at once and ranked by their loss.'),
  halving: z.boolean().describe('Give later steps only to the better candidates: all, then a quarter, then the best.'),
  blend: z
    .enum(['poisson', 'paste'])
    .describe('How the fill meets its surroundings: Poisson blending, or pasted as it is.'),
});

export type SearchOptions = z.output<typeof searchSchema>;

/** Each source's own settings (arXiv 1607.07539 and the projects named in docs/how-it-works.md), and ours. */
export const presets = {
  default: {
    norm: 'l1',
    window: 0,
    reduction: 'mean',
    lambda: 0.001,
    lambdaPrior: 0.001,
    perceptual: 'nonSaturating',
    optimiser: 'adam',
    learningRate: 0.08,
    schedule: 'cosine',
    momentum: 0,
    beta1: 0.9,
    beta2: 0.99,
    steps: 180,
    gradientTolerance: 0,
    plateau: 0,
    bound: 'prior',
    screen: 256,
    restarts: 8,
    halving: true,
    blend: 'poisson',
  },
  ift6266: {
    norm: 'l2',
    window: 0,
    reduction: 'mean',
    lambda: 1e-5,
    lambdaPrior: 0.001,
    perceptual: 'saturating',
    optimiser: 'gradientDescent',
    learningRate: 0.9,
    schedule: 'constant',
    momentum: 0,
    beta1: 0.9,
    beta2: 0.999,
    steps: 250_000,
    gradientTolerance: 1e-4,
    plateau: 0,
    bound: 'none',
    screen: 0,
    restarts: 1,
    halving: false,
    blend: 'paste',
  },
  yeh2017: {
    norm: 'l1',
    window: 7,
    reduction: 'sum',
    lambda: 0.003,
    lambdaPrior: 0.001,
    perceptual: 'saturating',
    optimiser: 'adam',
    learningRate: 0.01,
    schedule: 'constant',
    momentum: 0,
    beta1: 0.9,
    beta2: 0.999,
    steps: 1500,
    gradientTolerance: 0,
    plateau: 0,
    bound: 'box',
    screen: 0,
    restarts: 1,
    halving: false,
    blend: 'poisson',
  },
  bamos: {
    norm: 'l1',
    window: 0,
    reduction: 'sum',
    lambda: 0.1,
    lambdaPrior: 0.001,
    perceptual: 'nonSaturating',
    optimiser: 'adam',
    learningRate: 0.01,
    schedule: 'constant',
    momentum: 0,
    beta1: 0.9,
    beta2: 0.999,
    steps: 1000,
    gradientTolerance: 0,
    plateau: 0,
    bound: 'box',
    screen: 0,
    restarts: 1,
    halving: false,
    blend: 'paste',
  },
} as const satisfies Readonly<Record<string, SearchOptions>>;

/** The options of {@link inpaint}, all optional: a preset, what differs from it, and what no preset decides. */
export const optionsSchema = searchSchema.partial().extend({
  preset: z
    .enum(Object.keys(presets) as [keyof typeof presets])
    .default('default')
    .describe('Where the other settings come from: ours, or those of a paper or project.'),
  seed: z.int().min(0).default(0).describe('The same seed, model and options give the same result on the same device.'),
  context: z
    .number()
    .min(1)
    .default(2)
    .describe(
      "Side of the view that the model sees, in longer sides of the hole; never less than the model's own size.",
    ),
});

/** Options with every setting decided. */
export interface Resolved extends SearchOptions {
  readonly seed: number;
  readonly context: number;
}

/** Checks options and fills in the preset's. @throws LatentfillError naming each option that is wrong. */
export function resolveOptions(options: unknown): Resolved {
  const { preset, ...given } = parseOptions(optionsSchema, options ?? {}, 'valid options');
  const decided = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...presets[preset], ...decided } as Resolved;
}
