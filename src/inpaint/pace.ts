/** @file The pace of a candidate: its learning rate at each step of a round, and when it stops. */

import type { Resolved } from './options.ts';

/** What a pace is made of. */
export interface PaceOptions extends Pick<Resolved, 'schedule' | 'gradientTolerance' | 'plateau'> {
  readonly learningRate: number;
  /** The most steps. */
  readonly steps: number;
  /** Whether the candidate goes on as long as its loss falls; otherwise this is a round that others follow. */
  readonly isLast: boolean;
}

/** The pace of one candidate in a round. */
export interface Pace {
  /** The learning rate of the next step; `share` is the part of the round's time that has passed, where that is limited. */
  rate(share?: number): number;
  /** Takes note of a step's loss and of the l1 norm of its gradient. */
  tell(total: number, gradient: number): void;
  readonly isOver: boolean;
  /** Whether it is over because the loss no longer fell, rather than for want of steps. */
  readonly isConverged: boolean;
  /** By which part the best loss fell in the last {@link PATIENCE} steps. */
  readonly fell: number;
}

/** Steps over which progress is measured. */
export const PATIENCE = 40;

/** Progress below this part of the loss is none. */
const PROGRESS = 0.05;

/** How often the learning rate is halved before a search ends. */
const HALVINGS = 4;

/** The first steps, during which the learning rate rises, and the last part of the steps, during which it falls (Karras et al. 2020, projector). */
const RISE = 5;
const FALL = 0.25;

/**
 * The pace by a schedule. `plateau`: the learning rate is halved where {@link PATIENCE} steps improved the best loss by less
 * than 5 %, and the candidate stops where halving it four times brought nothing more.
 */
export function paceOf({ schedule, learningRate, steps, isLast, gradientTolerance, plateau }: PaceOptions): Pace {
  const adapts = schedule === 'plateau' && isLast;
  const best: number[] = []; // the least loss up to each step
  let [halved, since, mark] = [0, 0, Number.POSITIVE_INFINITY];
  let [flat, stale, passed] = [false, 0, Number.POSITIVE_INFINITY];
  return {
    rate(share = 0) {
      const at = best.length;
      if (schedule === 'constant') return learningRate;
      if (!adapts) return (learningRate * (1 + Math.cos((Math.PI * at) / steps))) / 2;
      const left = 1 - Math.max(share, at / steps);
      const rise = Math.min(1, (at + 1) / RISE);
      const fall = left >= FALL ? 1 : (1 - Math.cos((Math.PI * left) / FALL)) / 2;
      return learningRate * 0.5 ** halved * rise * fall;
    },
    tell(total, gradient) {
      best.push(Math.min(total, best.at(-1) ?? total));
      flat ||= gradient < gradientTolerance;
      const better = !(total >= passed - 1e-3 * Math.abs(passed));
      [stale, passed] = better ? [0, total] : [stale + 1, passed];
      if (!adapts || best.length - since < PATIENCE) return;
      if (best.at(-1)! > mark - PROGRESS * Math.abs(mark)) halved++;
      [since, mark] = [best.length, best.at(-1)!];
    },
    get isConverged() {
      return flat || (plateau > 0 && stale >= plateau) || halved > HALVINGS;
    },
    get isOver() {
      return this.isConverged || best.length >= steps;
    },
    get fell() {
      const [before, now] = [best.at(-1 - PATIENCE) ?? best[0], best.at(-1)];
      return before === undefined ? 1 : (before - now!) / Math.abs(before);
    },
  };
}
