/** @file How far an evaluation is, and how long the rest will take. */

import type { Lane } from './works.ts';

/** What is to be done in a lane. */
export interface Planned extends Pick<Lane, 'evaluations'> {
  /** Fills that are not there yet. */
  readonly count: number;
}

/** The progress of an evaluation. */
export interface Pace {
  /** Fills done by this process. */
  readonly done: number;
  /** Fills to do in all. */
  readonly all: number;
  /** Seconds left; undefined before anything is known. */
  left(): number | undefined;
  begin(lane: number): void;
  end(lane: number, count: number): void;
}

/** A fill without a search counts as so many images drawn, until one has been timed. */
const LEAST = 5;

/** Follows an evaluation: a lane that has been timed goes on at its own speed, another at that of all by what it draws. */
export function paceOf(lanes: readonly Planned[]): Pace {
  const own = lanes.map(({ count, evaluations }) => ({
    waiting: count,
    cost: evaluations + LEAST,
    done: 0,
    seconds: 0,
  }));
  const all = lanes.reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  let began = 0;
  return {
    get done() {
      return done;
    },
    all,
    left() {
      const spent = own.reduce((sum, { seconds }) => sum + seconds, 0);
      if (spent === 0) return undefined;
      const each = spent / own.reduce((sum, { done, cost }) => sum + done * cost, 0);
      const rate = ({ done, seconds, cost }: (typeof own)[number]) => (done > 0 ? seconds / done : each * cost);
      return own.reduce((sum, lane) => sum + lane.waiting * rate(lane), 0);
    },
    begin() {
      began = performance.now();
    },
    end(lane, count) {
      own[lane]!.seconds += (performance.now() - began) / 1000;
      own[lane]!.done += count;
      own[lane]!.waiting -= count;
      done += count;
    },
  };
}
