/** @file The exponential moving average (EMA) of the generator's weights, which become those of the finished model. */

import { add, div, min } from '../graph/ops/elementwise.ts';
import { input } from '../graph/value.ts';
import { movingAverage } from '../nn/optimisers.ts';
import type { Parameter } from '../nn/parameters.ts';
import type { Phase } from './updates.ts';

/** A generator's phase that also updates the EMA of its weights. */
export function averaged(phase: Phase, parameters: readonly Parameter[], ema: number): Phase {
  const updates = { ...phase.updates };
  // The decay starts low, so that the random initial weights soon leave the average.
  const t = updates['g.step']!;
  const decay = min(ema, div(add(t, 1), add(t, 10)));
  for (const { name, shape } of parameters) {
    updates[`ema.${name}`] = movingAverage(input(`ema.${name}`, shape), updates[`g.${name}`]!, decay);
  }
  return { ...phase, updates };
}
