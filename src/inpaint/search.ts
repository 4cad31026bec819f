/** @file The search for the latent whose image agrees with the known pixels and looks real to the discriminator. */

import { onAbort } from '../base/abort.ts';
import type { LiveModel } from '../model/generate.ts';
import { type Space, type SpaceName, untiedPoint } from '../model/spaces.ts';
import type { Settled } from './effort.ts';
import { firstLatents } from './first-latents.ts';
import { openStep } from './open-step.ts';
import { type Pace, paceOf } from './pace.ts';
import type { Problem } from './problem.ts';
import { planStages, stepsOf } from './stages.ts';

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

/** How far the search of a problem has come. */
export interface Progress {
  /** Images that G drew for it, as if it were alone, without those that were screened. */
  readonly evaluations: number;
  /** Whether its search ended because the loss no longer fell; false while it goes on, and where steps or time ran out. */
  readonly converged: boolean;
  /** By which part the loss of the best candidate fell in its last 40 steps. */
  readonly fell: number;
}

/** The state of a search of several problems, after a step. */
export interface SearchState {
  /** Number of steps done, and of all steps at most, over all rounds. */
  readonly step: readonly [done: number, all: number];
  /** Images that G has drawn so far. Screened ones, which D does not see, count once for all problems. */
  readonly evaluations: number;
  /** For each problem, its candidates so far, best first. */
  readonly candidates: readonly (readonly Tried[])[];
  /** Images that were screened for each problem. */
  readonly screened: number;
  /** For each problem. */
  readonly progress: readonly Progress[];
}

/** A candidate in a round. */
interface Row {
  readonly problem: number;
  best: Tried;
  readonly pace: Pace;
}

/**
 * Searches the latents of all problems at once, `restarts` for each (Yeh et al. 2017, section 3.3): ẑ = argmin L(z),
 * with frozen weights; the best iterate is kept. A problem's result depends on the seed but not on the other problems,
 * unless the time is limited. Leaving the loop frees everything but the compiled programs.
 */
export async function* search(
  live: LiveModel,
  problems: readonly Problem[],
  options: Settled,
  signal?: AbortSignal,
): AsyncGenerator<SearchState> {
  const clock = clockOf(options, problems.length);
  const stages = planStages(live.model, options);
  const { points } = stages[0]!.space;
  const { latents, drawn, each } = await firstLatents(live, stages[0]!.space, problems, options, signal);
  const perceptual = live.model.discriminator && Number.NaN;
  const unknown = { total: Number.POSITIVE_INFINITY, contextual: Number.NaN, perceptual };
  const candidates: Tried[][] = latents.map((rows) =>
    Array.from({ length: options.restarts }, (_, i) => ({
      latent: rows.slice(i * points.latent, (i + 1) * points.latent),
      space: stages[0]!.space.name,
      losses: unknown,
    })),
  );
  const progress: Progress[] = problems.map(() => ({ evaluations: 0, converged: false, fell: 1 }));
  const [rounds, all] = [planned(stages), stepsOf(stages)];
  let [evaluations, done] = [drawn, 0];

  for (const [r, { space, learningRate, steps, keep, isLast, ends }] of rounds.entries()) {
    const before = rounds[r - 1]?.space;
    if (before && before !== space) {
      for (const [p, tried] of candidates.entries()) candidates[p] = tried.map((one) => carried(one, before, space));
    }
    const size = space.points.latent;
    const rows: Row[] = candidates.flatMap((ranked, problem) =>
      ranked.slice(0, keep).map((best) => ({
        problem,
        best,
        pace: paceOf({ ...options, learningRate, steps, isLast }),
      })),
    );
    const began = clock();
    using step = await openStep(
      live,
      space,
      rows.map(({ problem, best }) => ({ problem: problems[problem]!, latent: best.latent })),
      options,
      signal,
    );
    using _ = signal && onAbort(signal, () => step[Symbol.dispose]()); // also if the caller abandons this generator

    for (let i = 0; i < steps; i++) {
      const active = rows.flatMap(({ pace }, row) => (pace.isOver ? [] : [row]));
      if (active.length === 0 || clock() >= ends) break;
      const share = (clock() - began) / (ends - began);
      await step.keep(active, signal);
      const z = await step.latents();
      const losses = await step.run(
        step.rows.map((row) => (rows[row]!.pace.isOver ? 0 : rows[row]!.pace.rate(share))),
        signal,
      );
      for (const [at, row] of step.rows.entries()) {
        const { best, pace } = rows[row]!;
        if (pace.isOver) continue;
        const total = losses.total[at]!;
        pace.tell(total, losses.gradient[at]!);
        if (!(total < best.losses.total)) continue;
        const parts = { contextual: losses.contextual[at]!, perceptual: losses.perceptual?.[at] ?? null };
        rows[row]!.best = {
          latent: z.slice(at * size, (at + 1) * size),
          space: space.name,
          losses: { total, ...parts },
        };
      }
      for (const p of problems.keys()) {
        const own = rows.slice(p * keep, (p + 1) * keep);
        candidates[p] = [...own.map(({ best }) => best), ...candidates[p]!.slice(keep)];
        const leader = own.reduce((a, b) => (b.best.losses.total < a.best.losses.total ? b : a)).pace;
        progress[p] = {
          evaluations: progress[p]!.evaluations + active.filter((row) => rows[row]!.problem === p).length,
          converged: r === rounds.length - 1 && own.every(({ pace }) => pace.isConverged),
          fell: leader.fell,
        };
      }
      evaluations += active.length;
      done++;
      yield {
        step: [done, all],
        evaluations,
        candidates: candidates.map(ranked),
        screened: each,
        progress: [...progress],
      };
    }
    for (const [p, tried] of candidates.entries()) candidates[p] = ranked(tried);
  }
}

/** The rounds of all stages, each with the time at which it ends where that is limited. */
function planned(stages: ReturnType<typeof planStages>) {
  const rounds = stages.flatMap(({ rounds: own, ...stage }) =>
    own.map((round, i) => ({ ...stage, ...round, isLast: i === own.length - 1 })),
  );
  const work = rounds.reduce((sum, { keep, steps }) => sum + keep * steps, 0);
  let before = 0;
  return rounds.map((round) => {
    before += round.keep * round.steps;
    return { ...round, ends: before / work };
  });
}

/** The part of the time that has passed; where it is not limited, always 0. */
function clockOf({ seconds }: Pick<Settled, 'seconds'>, problems: number): () => number {
  if (seconds === undefined) return () => 0;
  const began = performance.now();
  return () => (performance.now() - began) / (1000 * seconds * problems);
}

/** A candidate at the same place of the space that is searched next: its losses are the same there. */
function carried(tried: Tried, before: Space, space: Space): Tried {
  return { ...tried, latent: untiedPoint(tried.latent, before, space), space: space.name };
}

function ranked(candidates: readonly Tried[]): Tried[] {
  return candidates.toSorted((a, b) => a.losses.total - b.losses.total);
}
