/** @file The course of a search: its best candidates at some of its steps, so that curves can be drawn of them later. */

import type { FillStep } from '../../inpaint/inpaint.ts';
import type { TriedFill } from '../../inpaint/staging.ts';

/** The best candidate of a case at a step. */
export interface Moment {
  /** Images that G had drawn, as if the case were alone. */
  readonly evaluations: number;
  readonly seconds: number;
  readonly best: TriedFill;
}

/** What a case takes of a search that it shares with others. */
export interface Share {
  /** Views that are searched for it. */
  readonly views: number;
  /** Whether its course is kept. */
  readonly isWatched: boolean;
}

/** Follows a search of several cases. */
export interface SearchWatch {
  readonly see: (step: FillStep) => void;
  /** Images that G drew for a case in all. */
  evaluations(i: number): number;
  /** A case's moments, first to last; [] where it is not watched. */
  moments(i: number): readonly Moment[];
}

/** Moments of a course, besides the last. */
const MOMENTS = 12;

/** Watches a search of cases. What is screened counts for each of them, since each alone would need it. */
export function watchSearch(shares: readonly Share[]): SearchWatch {
  const drawn = shares.map(() => 0);
  const began = performance.now();
  const kept: Moment[][] = shares.map(() => []);
  const latest: (Moment | undefined)[] = shares.map(() => undefined);
  let steps: Set<number> | undefined;
  return {
    see({ step: [done, all], candidates, progress }) {
      steps ??= geometric(all, MOMENTS);
      const seconds = (performance.now() - began) / 1000 / shares.length;
      for (const [i, { isWatched }] of shares.entries()) {
        drawn[i] = progress[i]?.evaluations ?? 0;
        const best = candidates[i]?.[0];
        if (!isWatched || !best || !Number.isFinite(best.losses.contextual)) continue;
        latest[i] = { evaluations: drawn[i]!, seconds, best };
        if (steps.has(done)) kept[i]!.push(latest[i]!);
      }
    },
    evaluations: (i) => drawn[i]!,
    moments(i) {
      const last = latest[i];
      return last && kept[i]!.at(-1) !== last ? [...kept[i]!, last] : kept[i]!;
    },
  };
}

/** About `count` steps from 1 to `last`, in equal ratios. */
function geometric(last: number, count: number): Set<number> {
  return new Set(Array.from({ length: count }, (_, i) => Math.round(last ** (i / (count - 1)))));
}
