/** @file The two graphs of training: one discriminator step, one generator step. */

import { grad } from '../graph/grad.ts';
import { add, div, min, mul } from '../graph/ops/elementwise.ts';
import { concat, split } from '../graph/ops/layout.ts';
import { mean } from '../graph/ops/reduce.ts';
import { input, type Shape, type Value } from '../graph/value.ts';
import { adam, adamState, movingAverage, type Updates } from '../nn/optimisers.ts';
import { asInputs, initialise } from '../nn/parameters.ts';
import { State } from '../runtime/state.ts';
import { gradientPenalty, losses } from './losses.ts';
import { networksOf } from './networks.ts';
import type { Recipe } from './recipe.ts';

/** One phase of training: what it reports and how it moves the state. */
export interface Phase {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly updates: Updates;
}

/**
 * Both phases of a recipe and the state that they share. Inputs of each run: `real` [batch, 3, size, size] in [−1, 1],
 * `latent` [batch, latent], `learningRate` []. State: `g.*`, `d.*` (weights), `ema.*`, each optimiser's moments and step.
 */
export function buildPhases(recipe: Recipe): { discriminator: Phase; generator: Phase; state: State } {
  const { batch, size, latent } = recipe;
  const networks = networksOf(recipe);
  const [g, d] = [asInputs('g.'), asInputs('d.')];
  const real = input('real', [batch, 3, size, size]);
  const fake = networks.generator({ ask: g.ask }, input('latent', [batch, latent]));
  const learningRate = input('learningRate', []);
  const loss = losses[recipe.loss];

  function discriminatorPhase(): Phase {
    const images = concat([real, fake], 0);
    const logits = networks.discriminator(d.ask, images);
    const [onReal, onFake] = halves(logits);
    const dLoss = loss.discriminator(onReal, onFake);
    const outputs: Record<string, Value> = { loss: dLoss, realLogit: mean(onReal), fakeLogit: mean(onFake) };
    let total = dLoss;
    if (recipe.r1 > 0 || recipe.r2 > 0) {
      const [r1, r2] = halves(gradientPenalty(logits, images)).map((penalty) => mean(penalty)) as [Value, Value];
      Object.assign(outputs, { r1, r2 });
      total = add(total, add(mul(recipe.r1, r1), mul(recipe.r2, r2)));
    }
    return { outputs, updates: step('d', total, d.values) };
  }

  function generatorPhase(): Phase {
    const onReal = networks.discriminator(d.ask, real);
    const gLoss = loss.generator(onReal, networks.discriminator(d.ask, fake));
    const updates = step('g', gLoss, g.values);
    // The average catches up quickly at first: what it began with is noise.
    const t = updates['g.step']!;
    const decay = min(recipe.ema, div(add(t, 1), add(t, 10)));
    for (const { name, shape } of g.parameters) {
      updates[`ema.${name}`] = movingAverage(input(`ema.${name}`, shape), updates[`g.${name}`]!, decay);
    }
    return { outputs: { loss: gLoss }, updates };
  }

  function step(side: 'g' | 'd', total: Value, weights: ReadonlyMap<string, Value>): Updates {
    const gradients = grad(total, [...weights.values()]);
    const moved = [...weights].map(([name, value], i) => ({ name: `${side}.${name}`, value, gradient: gradients[i]! }));
    const t = add(input(`${side}.step`, []), 1);
    const { beta1, beta2 } = side === 'g' ? recipe.generator : recipe.discriminator;
    return { ...adam(moved, t, { learningRate, beta1, beta2 }), [`${side}.step`]: t };
  }

  const halves = (x: Value) => split(x, [batch, batch], 0) as [Value, Value];
  const phases = { discriminator: discriminatorPhase(), generator: generatorPhase() };
  return { ...phases, state: initialState() };

  function initialState(): State {
    const state = new State().add('g.step', []).add('d.step', []);
    for (const [side, { parameters }, options] of [
      ['g', g, recipe.generator],
      ['d', d, recipe.discriminator],
    ] as const) {
      const first = initialise(parameters, recipe.seed);
      for (const { name, shape } of parameters) {
        state.add(`${side}.${name}`, shape, first[name]);
        if (side === 'g') state.add(`ema.${name}`, shape, first[name]);
        const moments: [string, Shape][] = Object.entries(adamState(`${side}.${name}`, shape, options));
        for (const [moment, of] of moments) state.add(moment, of);
      }
    }
    return state;
  }
}
