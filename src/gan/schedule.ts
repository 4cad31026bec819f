/** @file Schedules of training: learning rates, β₂, penalties, augmentation. */

import type { Recipe } from './recipe.ts';

/** The scheduled values at one time. */
export interface Scheduled {
  readonly learningRate: { readonly d: number; readonly g: number };
  readonly beta2: { readonly d: number; readonly g: number };
  readonly r1: number;
  readonly r2: number;
  /** Probability of augmentation, where it is not adaptive. */
  readonly augment: number;
}

/**
 * A recipe's schedules at `progress` (0 to 1): each is a half cosine from its initial to its final value, then
 * constant.
 */
export function scheduleAt(recipe: Recipe, progress: number): Scheduled {
  const cosine = (1 + Math.cos(Math.PI * Math.min(1, progress / recipe.burnIn))) / 2;
  const at = (from: number, to = from) => to + (from - to) * cosine;
  const { discriminator: d, generator: g, augment } = recipe;
  return {
    learningRate: { d: at(d.learningRate, d.finalLearningRate), g: at(g.learningRate, g.finalLearningRate) },
    beta2: { d: at(d.beta2, d.finalBeta2), g: at(g.beta2, g.finalBeta2) },
    r1: at(recipe.r1, recipe.finalR1),
    r2: at(recipe.r2, recipe.finalR2),
    augment: at(augment.probability, augment.finalProbability),
  };
}
