/** @file The initial latents of a search: the best of many screened ones, or random ones. */

import { random } from '../base/random.ts';
import type { LiveModel } from '../model/generate.ts';
import { drawPoints, type Space } from '../model/spaces.ts';
import type { Settled } from './effort.ts';
import type { Problem } from './problem.ts';
import { type Screened, screen } from './screen.ts';

/** The initial latents of each problem, [restarts, latent], and the number of images that were drawn to choose them. */
export async function firstLatents(
  live: LiveModel,
  space: Space,
  problems: readonly Problem[],
  options: Settled,
  signal: AbortSignal | undefined,
): Promise<Screened> {
  if (options.screen > 0) return screen(live, space, problems, options, signal);
  const { seed, restarts } = options;
  const drawn = drawPoints(space, random(seed, 'restarts'), restarts);
  return { latents: problems.map(() => drawn), drawn: 0, each: 0 };
}
