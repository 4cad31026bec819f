/** @file The initial latents of a search: the best of many screened ones, or random ones. */

import { random } from '../base/random.ts';
import { latentSpace } from '../model/card.ts';
import type { LiveModel } from '../model/generate.ts';
import { drawLatents } from '../model/latents.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { type Screened, screen } from './screen.ts';

/** The initial latents of each problem, [restarts, latent], and the number of images that were drawn to choose them. */
export async function firstLatents(
  live: LiveModel,
  problems: readonly Problem[],
  options: Resolved,
  signal: AbortSignal | undefined,
): Promise<Screened> {
  if (options.screen > 0) return screen(live, problems, options, signal);
  const space = latentSpace(live.model.card);
  const { seed, restarts } = options;
  return { latents: problems.map(() => drawLatents(space, random(seed, 'restarts'), restarts)), drawn: 0 };
}
