/** @file The search for the latent whose image agrees with the known pixels and looks real to the discriminator. */

import { onAbort } from '../base/abort.ts';
import type { LiveModel } from '../model/generate.ts';
import { type Space, type SpaceName, untiedPoint } from '../model/spaces.ts';
import { firstLatents } from './first-latents.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { planStages, stepsOf } from './stages.ts';
import { openStep } from './step.ts';

/** A latent: the best iterate of a candidate. */
export interface Tried {
  /** A point of {@link space}. */
  readonly latent: Float32Array;
  /** The space that was searched: the generator's latent, its waist, or a copy of that for each use. */
  readonly space: SpaceName;
  /**
   * L_contextual + λ L_perceptual, and the two losses. Without a discriminator the prior term takes the place of the second,
   * and `perceptual` is null; in the waist it is added to both.
   */
  readonly losses: { readonly total: number; readonly contextual: number; readonly perceptual: number | null };
}

/** The state of a search of several problems, after a step. */
export interface SearchState {
  /** Number of steps done, and of all steps at most, over all rounds. */
  readonly step: readonly [done: number, all: number];
  /** Images that G has drawn so far. Screened ones, which D does not see, count once for all problems. */
  readonly evaluations: number;
  /** For each problem, its candidates so far, best first. */
  readonly candidates: readonly (readonly Tried[])[];
}

/**
 * Searches the latents of all problems at once, `restarts` for each (Yeh et al. 2017, section 3.3): ẑ = argmin L(z),
 * with frozen weights; the best iterate is kept. A problem's result depends on the seed but not on the other problems.
 * Leaving the loop frees everything but the compiled programs.
 */
export async function* search(
  live: LiveModel,
  problems: readonly Problem[],
  options: Resolved,
  signal?: AbortSignal,
): AsyncGenerator<SearchState> {
  const stages = planStages(live.model, options);
  const { latents, drawn } = await firstLatents(live, stages[0]!.space, problems, options, signal);
  const first = stages[0]!.space.points.latent;
  const perceptual = live.model.discriminator && Number.NaN;
  const unknown = { total: Number.POSITIVE_INFINITY, contextual: Number.NaN, perceptual };
  const candidates: Tried[][] = latents.map((rows) =>
    Array.from({ length: options.restarts }, (_, i) => ({
      latent: rows.slice(i * first, (i + 1) * first),
      space: stages[0]!.space.name,
      losses: unknown,
    })),
  );
  const all = stepsOf(stages);
  let evaluations = drawn;
  let done = 0;
  const rounds = stages.flatMap(({ rounds: own, ...stage }) => own.map((round) => ({ ...stage, ...round })));

  for (const [r, { space, learningRate, steps, keep }] of rounds.entries()) {
    const before = rounds[r - 1]?.space;
    if (before && before !== space) {
      for (const [p, tried] of candidates.entries()) candidates[p] = tried.map((one) => carried(one, before, space));
    }
    const size = space.points.latent;
    const best = candidates.flatMap((ranked) => ranked.slice(0, keep)); // in the order of the batch's rows
    const stalled = best.map(() => ({ since: 0, total: Number.POSITIVE_INFINITY }));
    const latents = best.map(({ latent }) => latent);
    const stopped = problems.map(() => false); // each problem stops as it would alone
    using step = await openStep(live, space, problems, latents, options, signal);
    using _ = signal && onAbort(signal, () => step[Symbol.dispose]()); // also if the caller abandons this generator

    for (let i = 0; i < steps && !stopped.every(Boolean); i++) {
      const z = await step.latents();
      const losses = await step.run(rate(options.schedule, learningRate, i, steps), signal);
      for (const [row, { losses: before }] of best.entries()) {
        if (stopped[Math.floor(row / keep)]) continue;
        const total = losses.total[row]!;
        if (total < before.total) {
          const parts = { contextual: losses.contextual[row]!, perceptual: losses.perceptual?.[row] ?? null };
          const latent = z.slice(row * size, (row + 1) * size);
          best[row] = { latent, space: space.name, losses: { total, ...parts } };
        }
        const { since, total: mark } = stalled[row]!;
        const better = !(total >= mark - 1e-3 * Math.abs(mark));
        stalled[row] = better ? { since: 0, total } : { since: since + 1, total: mark };
      }
      for (const [p, ranked] of candidates.entries()) {
        candidates[p] = [...best.slice(p * keep, (p + 1) * keep), ...ranked.slice(keep)];
      }
      for (const p of problems.keys()) {
        const rows = [p * keep, (p + 1) * keep] as const;
        const { gradientTolerance, plateau } = options;
        const flat = losses.gradient.slice(...rows).every((norm) => norm < gradientTolerance);
        stopped[p] ||= flat || (plateau > 0 && stalled.slice(...rows).every(({ since }) => since >= plateau));
      }
      evaluations += best.length;
      done++;
      yield { step: [done, all], evaluations, candidates: candidates.map(ranked) };
    }
    for (const [p, tried] of candidates.entries()) candidates[p] = ranked(tried);
  }
}

/** A candidate at the same place of the space that is searched next: its losses are the same there. */
function carried(tried: Tried, before: Space, space: Space): Tried {
  return { ...tried, latent: untiedPoint(tried.latent, before, space), space: space.name };
}

function ranked(candidates: readonly Tried[]): Tried[] {
  return candidates.toSorted((a, b) => a.losses.total - b.losses.total);
}

function rate(schedule: Resolved['schedule'], most: number, step: number, steps: number): number {
  return schedule === 'constant' ? most : (most * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}
