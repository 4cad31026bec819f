/** @file The rounds of a search: successive halving (Jamieson & Talwalkar 2016). */

import type { SearchOptions } from './search-options.ts';

/** One round: the best `keep` candidates of each problem take `steps` steps. */
export interface Round {
  readonly keep: number;
  readonly steps: number;
}

/**
 * With halving, all candidates get a seventh of the steps, then the best quarter two sevenths, and the best one the
 * rest. A round that keeps as many candidates as the one before is merged into it. Without halving, all candidates get
 * all steps.
 */
export function planRounds({
  restarts,
  steps,
  halving,
}: Pick<SearchOptions, 'restarts' | 'steps' | 'halving'>): Round[] {
  if (!halving || restarts === 1) return [{ keep: restarts, steps }];
  const first = Math.max(1, Math.round(steps / 7));
  const second = Math.min(steps - first, Math.round((2 * steps) / 7));
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
