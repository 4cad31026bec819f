/** @file The search for the latent whose image agrees with the known pixels and looks real to the discriminator. */

import { onAbort } from '../base/abort.ts';
import type { LiveModel } from '../model/generate.ts';
import { firstLatents } from './first-latents.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { planRounds } from './rounds.ts';
import { openStep } from './step.ts';

/** A latent: the best iterate of a candidate. */
export interface Tried {
  readonly latent: Float32Array;
  /**
   * L_contextual + λ L_perceptual, and the two losses. Without a discriminator the second term of the total is the
   * prior term, and `perceptual` is null.
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
  const { size } = live.model.card.latent;
  const { latents, drawn } = await firstLatents(live, problems, options, signal);
  const perceptual = live.model.discriminator && Number.NaN;
  const unknown = { total: Number.POSITIVE_INFINITY, contextual: Number.NaN, perceptual };
  const candidates: Tried[][] = latents.map((rows) =>
    Array.from({ length: options.restarts }, (_, i) => ({
      latent: rows.slice(i * size, (i + 1) * size),
      losses: unknown,
    })),
  );
  const rounds = planRounds(options);
  const all = stepsOf(options);
  let evaluations = drawn;
  let done = 0;

  for (const { steps, keep } of rounds) {
    const best = candidates.flatMap((ranked) => ranked.slice(0, keep)); // in the order of the batch's rows
    const stalled = best.map(() => ({ since: 0, total: Number.POSITIVE_INFINITY }));
    const latents = best.map(({ latent }) => latent);
    const stopped = problems.map(() => false); // each problem stops as it would alone
    using step = await openStep(live, problems, latents, options, signal);
    using _ = signal && onAbort(signal, () => step[Symbol.dispose]()); // also if the caller abandons this generator

    for (let i = 0; i < steps && !stopped.every(Boolean); i++) {
      const z = await step.latents();
      const losses = await step.run(rate(options, i, steps), signal);
      for (const [row, { losses: before }] of best.entries()) {
        if (stopped[Math.floor(row / keep)]) continue;
        const total = losses.total[row]!;
        if (total < before.total) {
          const parts = { contextual: losses.contextual[row]!, perceptual: losses.perceptual?.[row] ?? null };
          best[row] = { latent: z.slice(row * size, (row + 1) * size), losses: { total, ...parts } };
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

/** The largest number of steps of a search. */
export function stepsOf(options: Resolved): number {
  return planRounds(options).reduce((sum, { steps }) => sum + steps, 0);
}

function ranked(candidates: readonly Tried[]): Tried[] {
  return candidates.toSorted((a, b) => a.losses.total - b.losses.total);
}

function rate({ learningRate, schedule }: Resolved, step: number, steps: number): number {
  return schedule === 'constant' ? learningRate : (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}
