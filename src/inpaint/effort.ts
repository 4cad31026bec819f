/** @file How much is searched where no option says so: by the effort, and by what an image of the model costs. */

import { flops } from '../graph/cost.ts';
import { input, topological } from '../graph/value.ts';
import type { Model } from '../model/model.ts';
import { spaceOf } from '../model/spaces.ts';
import { textInput } from '../model/text/input-form.ts';
import type { Resolved } from './options.ts';

/** Options whose numbers are decided. */
export interface Settled extends Resolved {
  readonly screen: number;
  readonly restarts: number;
  readonly steps: number;
}

/** The numbers of an effort, and the work that they may make, in 10⁹ floating-point operations of drawing. */
interface Effort {
  readonly screen: Share;
  readonly restarts: Share;
  readonly steps: Share;
}

interface Share {
  readonly most: number;
  readonly least: number;
  readonly work: number;
}

/** A model of 64 pixels gets the most of each; one of 1024 the least of what each candidate multiplies, and a minute's steps. */
const EFFORTS: Readonly<Record<Resolved['effort'], Effort>> = {
  quick: {
    screen: { most: 64, least: 0, work: 16 },
    restarts: { most: 2, least: 1, work: 2 },
    steps: { most: 150, least: 60, work: 2_500 },
  },
  normal: {
    screen: { most: 256, least: 0, work: 64 },
    restarts: { most: 8, least: 1, work: 8 },
    steps: { most: 1500, least: 120, work: 8_000 },
  },
  thorough: {
    screen: { most: 1024, least: 0, work: 512 },
    restarts: { most: 16, least: 1, work: 64 },
    steps: { most: 6000, least: 300, work: 40_000 },
  },
};

/** A step draws an image and goes back through it: about three times the work of drawing. */
const STEP = 3;

/** The options with what they leave open decided. */
export function settle(model: Model, options: Resolved): Settled {
  const { screen, restarts, steps, effort, searchIn } = options;
  const own = EFFORTS[effort];
  const cost = screen === undefined || restarts === undefined || steps === undefined ? costOf(model) : 0;
  return {
    ...options,
    // A waist is searched from its mean: among random points the one that fits best by colours is seldom near a good face.
    screen: screen ?? (model.waist && searchIn !== 'latent' ? 0 : countOf(own.screen, cost)),
    restarts: restarts ?? countOf(own.restarts, cost),
    steps: steps ?? countOf(own.steps, STEP * cost),
  };
}

function countOf({ most, least, work }: Share, each: number): number {
  return Math.min(most, Math.max(least, Math.floor(work / each)));
}

const costs = new WeakMap<Model, number>();

/** What drawing an image costs, in 10⁹ floating-point operations. */
function costOf(model: Model): number {
  const known = costs.get(model);
  if (known !== undefined) return known;
  const { points, image } = spaceOf(model, model.waist ? 'waist' : 'latent')!;
  const text = model.text ? textInput('text', model.text.form, 1) : undefined;
  const cost = flops(topological([image(input('point', [1, points.latent]), text)])) / 1e9;
  costs.set(model, cost);
  return cost;
}
