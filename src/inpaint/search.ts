/** @file The search: find the latent whose image agrees with the known pixels and that the discriminator believes. */

import { random } from '../base/random.ts';
import { latentSpace } from '../gan/card.ts';
import { drawLatents } from '../gan/latents.ts';
import type { Model } from '../gan/model.ts';
import type { Wanted } from '../runtime/devices.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { planRounds } from './rounds.ts';
import { screen } from './screen.ts';
import { compileStep } from './step.ts';

/** A latent that the search tried, at its best. */
export interface Candidate {
  readonly latent: Float32Array;
  /**
   * L_contextual + λ L_perceptual, and its two terms. Without a discriminator the total's second part is the prior term, and
   * `perceptual` is NaN.
   */
  readonly losses: { readonly total: number; readonly contextual: number; readonly perceptual: number };
}

/** Told after every step. */
export interface SearchStep {
  /** Steps done and to do at most, over all rounds. */
  readonly step: readonly [done: number, all: number];
  /** Images that G has drawn so far, over all problems; each was shown to D, but for screened ones. */
  readonly evaluations: number;
  /** For each problem, its candidates so far, best first. */
  readonly candidates: readonly (readonly Candidate[])[];
}

/**
 * Searches the latents of all problems at once, `restarts` for each (Yeh et al. 2017, section 3.3): ẑ = argmin L(z), all
 * weights frozen, the best iterate kept. What a problem's candidates begin with and meet depends on the seed alone, not
 * on the other problems. Leaving the loop frees everything.
 */
export async function* search(
  model: Model,
  problems: readonly Problem[],
  options: Resolved,
  device?: Wanted,
): AsyncGenerator<SearchStep> {
  const { size } = model.card.latent;
  const candidates = await firstCandidates(model, problems, options, device);
  const rounds = planRounds(options);
  const all = rounds.reduce((sum, { steps }) => sum + steps, 0);
  let evaluations = problems.length * options.screen;
  let done = 0;

  for (const { steps, keep } of rounds) {
    const best = candidates.flatMap((ranked) => ranked.slice(0, keep)); // row by row of the batch
    const stalled = best.map(() => ({ since: 0, total: Number.POSITIVE_INFINITY }));
    await using step = await compileStep(model, problems, keep, options, device);
    step.begin(best.map(({ latent }) => latent));

    for (let i = 0; i < steps; i++) {
      const z = (await step.latents()).slice();
      const losses = await step.run(rate(options, i, steps));
      for (const [row, { losses: before }] of best.entries()) {
        const total = losses.total[row]!;
        if (total < before.total) {
          const parts = { contextual: losses.contextual[row]!, perceptual: losses.perceptual?.[row] ?? Number.NaN };
          best[row] = { latent: z.slice(row * size, (row + 1) * size), losses: { total, ...parts } };
        }
        const { since, total: mark } = stalled[row]!;
        const better = !(total >= mark - 1e-3 * Math.abs(mark));
        stalled[row] = better ? { since: 0, total } : { since: since + 1, total: mark };
      }
      for (const [p, ranked] of candidates.entries()) {
        candidates[p] = [...best.slice(p * keep, (p + 1) * keep), ...ranked.slice(keep)];
      }
      evaluations += best.length;
      done++;
      yield { step: [done, all], evaluations, candidates: candidates.map(ranked) };
      const { gradientTolerance, plateau } = options;
      if (gradientTolerance > 0 && losses.gradient.every((norm) => norm < gradientTolerance)) break;
      if (plateau > 0 && stalled.every(({ since }) => since >= plateau)) break;
    }
    for (const [p, tried] of candidates.entries()) candidates[p] = ranked(tried);
  }
}

function ranked(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted((a, b) => a.losses.total - b.losses.total);
}

/** Where each problem's candidates begin: at screened latents, or at random ones. Their losses are not known yet. */
async function firstCandidates(
  model: Model,
  problems: readonly Problem[],
  options: Resolved,
  device?: Wanted,
): Promise<Candidate[][]> {
  const { size } = model.card.latent;
  const { restarts, seed } = options;
  const losses = { total: Number.POSITIVE_INFINITY, contextual: Number.NaN, perceptual: Number.NaN };
  const drawn = () => drawLatents(latentSpace(model.card), random(seed, 'restarts'), restarts);
  const latents = options.screen > 0 ? await screen(model, problems, options, device) : problems.map(drawn);
  return latents.map((rows) =>
    Array.from({ length: restarts }, (_, i) => ({ latent: rows.slice(i * size, (i + 1) * size), losses })),
  );
}

function rate({ learningRate, schedule }: Resolved, step: number, steps: number): number {
  return schedule === 'constant' ? learningRate : (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}
