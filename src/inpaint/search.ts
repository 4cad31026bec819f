/** @file The search: find the latent whose image agrees with the known pixels and that the discriminator believes. */

import { random } from '../base/random.ts';
import { drawLatents } from '../gan/latents.ts';
import type { Model } from '../gan/model.ts';
import type { Resolved } from './options.ts';
import { planRounds } from './rounds.ts';
import { screen } from './screen.ts';
import { compileStep } from './step.ts';

/** One image to fill, at the model's size and in its range. */
export interface Problem {
  /** [3, size, size]. What lies in the hole is never looked at. */
  readonly target: Float32Array;
  /** W, [size, size]: 0 in the hole. */
  readonly weights: Float32Array;
}

/** A latent that the search tried, at its best. */
export interface Candidate {
  readonly latent: Float32Array;
  /** L_contextual + λ L_perceptual, and its two terms. */
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

/** A candidate under way: its place in the batch may change, its best stays. */
interface Track {
  latent: Float32Array;
  losses: Candidate['losses'];
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
): AsyncGenerator<SearchStep> {
  const { latent: space } = model.card;
  const size = space.size;
  const tracks = await begin(model, problems, options);
  const rounds = planRounds(options);
  const all = rounds.reduce((sum, { steps }) => sum + steps, 0);
  let evaluations = problems.length * options.screen;
  let done = 0;

  for (const { steps, keep } of rounds) {
    const kept = tracks.map((candidates) => candidates.slice(0, keep));
    const flat = kept.flat();
    await using step = await compileStep(model, problems, keep, options);
    for (const [row, track] of flat.entries()) step.latents().set(track.latent, row * size);
    const patience = { best: flat.map(() => Number.POSITIVE_INFINITY), since: flat.map(() => 0) };

    for (let i = 0; i < steps; i++) {
      const before = step.latents().slice();
      const losses = await step.run(rate(options, i, steps));
      evaluations += flat.length;
      done++;
      flat.forEach((track, row) => {
        const total = losses.total[row]!;
        if (total < track.losses.total) {
          track.latent = before.slice(row * size, (row + 1) * size);
          track.losses = { total, contextual: losses.contextual[row]!, perceptual: losses.perceptual[row]! };
        }
        const better = total < patience.best[row]! - 1e-3 * Math.abs(patience.best[row]!);
        patience.since[row] = better ? 0 : patience.since[row]! + 1;
        if (better) patience.best[row] = total;
      });
      for (const candidates of tracks) candidates.sort((a, b) => a.losses.total - b.losses.total);
      yield { step: [done, all], evaluations, candidates: tracks.map((candidates) => [...candidates]) };
      const { gradientTolerance, plateau } = options;
      if (gradientTolerance > 0 && losses.gradient.every((norm) => norm < gradientTolerance)) break;
      if (plateau > 0 && patience.since.every((n) => n >= plateau)) break;
    }
  }

  async function begin(model: Model, problems: readonly Problem[], options: Resolved): Promise<Track[][]> {
    const { restarts, seed } = options;
    const unknown = { total: Number.POSITIVE_INFINITY, contextual: Number.NaN, perceptual: Number.NaN };
    const starts =
      options.screen > 0
        ? await screen(model, problems, options)
        : problems.map(() => drawLatents({ latent: size, prior: space.prior }, random(seed, 'restarts'), restarts));
    return starts.map((latents) =>
      Array.from({ length: restarts }, (_, i) => ({
        latent: latents.slice(i * size, (i + 1) * size),
        losses: unknown,
      })),
    );
  }
}

function rate({ learningRate, schedule }: Resolved, step: number, steps: number): number {
  return schedule === 'constant' ? learningRate : (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}
