/** @file The rounds of a search: successive halving (Jamieson & Talwalkar 2016). */

import type { Settled } from './effort.ts';

/** One round: the best `keep` candidates of each problem take `steps` steps at most. */
export interface Round {
  readonly keep: number;
  readonly steps: number;
}

/** Steps of the rounds before the last one, where that goes on as long as the loss falls. */
const FIRST = 20;
const SECOND = 30;

/**
 * With halving, all candidates get a seventh of the steps, then the best quarter two sevenths, and the best one the rest;
 * with the schedule `plateau`, at most 20 and 30 steps, since the rest ends by itself. A round that keeps as many candidates as
 * the one before is merged into it. Without halving, all candidates get all steps.
 */
export function planRounds({
  restarts,
  steps,
  halving,
  schedule,
}: Pick<Settled, 'restarts' | 'steps' | 'halving' | 'schedule'>): Round[] {
  if (!halving || restarts === 1) return [{ keep: restarts, steps }];
  const [mostFirst, mostSecond] = schedule === 'plateau' ? [FIRST, SECOND] : [steps, steps];
  const first = Math.min(mostFirst, Math.max(1, Math.round(steps / 7)));
  const second = Math.min(mostSecond, steps - first, Math.round((2 * steps) / 7));
  const plan = [
    { keep: restarts, steps: first },
    { keep: Math.ceil(restarts / 4), steps: second },
    { keep: 1, steps: steps - first - second },
  ].filter((round) => round.steps > 0);
  return plan.flatMap((round, i) => {
    if (plan[i - 1]?.keep === round.keep) return [];
    const merged = plan[i + 1]?.keep === round.keep ? plan[i + 1]!.steps : 0;
    return { keep: round.keep, steps: round.steps + merged };
  });
}
