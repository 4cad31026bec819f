/** @file The parts of `default`, each of which can be left out to see what it is worth. */

import type { Options } from '../../inpaint/options-type.ts';

/** A part of the search, and the options of `default` without it. */
interface Part {
  readonly about: string;
  readonly options: Options;
}

/** By name: the method `default-NAME` is `default` without it. */
export const parts: Readonly<Record<string, Part>> = {
  screen: { about: 'default from random latents, without screening', options: { screen: 0 } },
  restarts: { about: 'default with one candidate, the best that was screened', options: { restarts: 1 } },
  halving: { about: 'default with all steps for each of the eight candidates', options: { halving: false } },
  perceptual: { about: 'default with λ = 0, so that the discriminator has no say', options: { lambda: 0 } },
  progress: {
    about: 'default with 180 steps, whatever their progress, at a rate that falls by a cosine',
    options: { schedule: 'cosine', steps: 180 },
  },
  bound: { about: "default with latents that may leave their prior's range", options: { bound: 'none' } },
  poisson: { about: 'default with a plain paste instead of Poisson blending', options: { blend: 'paste' } },
};
