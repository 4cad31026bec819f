/** @file The stages of a search: each is the same step over another variable, and begins where the one before ended. */

import { LatentfillError } from '../base/errors.ts';
import type { Model } from '../model/model.ts';
import { type Space, type SpaceName, spaceOf } from '../model/spaces.ts';
import type { Settled } from './effort.ts';
import type { Resolved } from './options.ts';
import { planRounds, type Round } from './rounds.ts';

/** A stage, with the rounds of its candidates. */
export interface Stage {
  readonly space: Space;
  readonly rounds: readonly Round[];
  /** The optimiser's largest step. */
  readonly learningRate: number;
}

/** The spaces that each value of the option `searchIn` searches, one after another. */
const SPACES: Readonly<Record<Exclude<Resolved['searchIn'], 'auto'>, readonly SpaceName[]>> = {
  latent: ['latent'],
  waist: ['waist'],
  untied: ['waist', 'untied'],
};

/** The learning rate of untied copies, as a share of that of the stages before: each copy moves a part of the image alone. */
const UNTIED_RATE = 0.5;

/** The spaces of a search. @throws LatentfillError for a space that the model lacks. */
function spacesOf(model: Model, { searchIn }: Pick<Resolved, 'searchIn'>): Space[] {
  const names = SPACES[searchIn === 'auto' ? (model.waist ? 'untied' : 'latent') : searchIn];
  return names.map((name) => {
    const space = spaceOf(model, name);
    if (space) return space;
    throw new LatentfillError(
      'options',
      `Expected the option 'searchIn' to be latent or auto for '${model.card.name}', whose generator has no waist, got ${searchIn}.`,
    );
  });
}

/** The stages of a search: the steps are shared out equally, and after the first stage the best candidate goes on alone. */
export function planStages(model: Model, options: Settled): Stage[] {
  const spaces = spacesOf(model, options);
  const steps = Math.ceil(options.steps / spaces.length);
  return spaces.map((space, i) => ({
    space,
    rounds: i === 0 || !options.halving ? planRounds({ ...options, steps }) : [{ keep: 1, steps }],
    learningRate: options.learningRate * (space.name === 'untied' ? UNTIED_RATE : 1),
  }));
}

/** The largest number of steps of a search. */
export function stepsOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, { rounds }) => sum + rounds.reduce((own, { steps }) => own + steps, 0), 0);
}
