/**
 * @file The update of a network's weights by Adam, from the gradient of a loss, accumulated over batches if a recipe
 * says so.
 */

import { grad } from '../graph/grad.ts';
import { add, mul, sqrt, square, zerosLike } from '../graph/ops/elementwise.ts';
import { sum } from '../graph/ops/reduce.ts';
import { input, type Shape, type Value } from '../graph/value.ts';
import { adam, adamState, type Updates } from '../nn/optimisers.ts';
import { initialise, type Parameter } from '../nn/parameters.ts';
import { State } from '../runtime/state.ts';
import type { Recipe } from './recipe.ts';

/** A loss to minimise, and further outputs for the log. */
export interface PhaseLoss {
  readonly total: Value;
  readonly outputs: Readonly<Record<string, Value>>;
}

/** One run of a phase: its outputs and its updates of the state. */
interface Run {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly updates: Updates;
}

/** One phase of training. */
export interface Phase extends Run {
  /**
   * The run for each batch but the last of an accumulated step: it adds up gradients and leaves the weights unchanged.
   */
  readonly accumulation: Run | null;
}

type Side = 'g' | 'd';

/** The phase that updates a network's weights to lower a loss. */
export function phaseOf(
  side: Side,
  { total, outputs }: PhaseLoss,
  weights: ReadonlyMap<string, Value>,
  recipe: Recipe,
): Phase {
  const own = grad(total, [...weights.values()]);
  const share = 1 / recipe.accumulate;
  const held = (name: string, shape: Shape) => input(`${side}.${name}.accumulated`, shape);
  const moved = [...weights].map(([name, value], i) => {
    const gradient = share === 1 ? own[i]! : add(held(name, value.shape), mul(own[i]!, share));
    return { name: `${side}.${name}`, value, gradient };
  });
  const t = add(input(`${side}.step`, []), 1);
  const { beta1 } = side === 'g' ? recipe.generator : recipe.discriminator;
  const schedule = { learningRate: input('learningRate', []), beta2: input('beta2', []) };
  const updates: Updates = { ...adam(moved, t, { ...schedule, beta1 }), [`${side}.step`]: t };
  const gradientNorm = sqrt(moved.map(({ gradient }) => sum(square(gradient))).reduce((a, b) => add(a, b)));
  const reported = { ...outputs, gradientNorm };
  if (share === 1) return { outputs: reported, updates, accumulation: null };

  const kept = (value: (at: number) => Value): Updates =>
    Object.fromEntries(moved.map(({ name }, i) => [`${name}.accumulated`, value(i)]));
  const accumulation = { outputs, updates: kept((i) => moved[i]!.gradient) };
  const emptied = kept((i) => zerosLike(moved[i]!.value));
  return { outputs: reported, updates: { ...updates, ...emptied }, accumulation };
}

/** The initial state of training. */
export function initialState(recipe: Recipe, g: readonly Parameter[], d: readonly Parameter[]): State {
  const state = new State().add('g.step', []).add('d.step', []);
  state.add('augment', [], Float32Array.of(recipe.augment.mode === 'adaptive' ? 0 : recipe.augment.probability));
  for (const [side, parameters, options] of [
    ['g', g, recipe.generator],
    ['d', d, recipe.discriminator],
  ] as const) {
    const first = initialise(parameters, recipe.seed);
    for (const { name, shape } of parameters) {
      state.add(`${side}.${name}`, shape, first[name]);
      if (side === 'g') state.add(`ema.${name}`, shape, first[name]);
      if (recipe.accumulate > 1) state.add(`${side}.${name}.accumulated`, shape);
      for (const [moment, of] of Object.entries(adamState(`${side}.${name}`, shape, options))) state.add(moment, of);
    }
  }
  return state;
}
