/** @file Every option of a fill: one schema for the library and the command line. */

import { z } from 'zod';
import { parseOptions } from '../base/check-options.ts';
import { presets } from './presets.ts';
import { type SearchOptions, searchSchema } from './search-options.ts';

/** The options of {@link inpaint}, all optional: a preset, what differs from it, and what no preset decides. */
export const optionsSchema = searchSchema.partial().extend({
  preset: z
    .enum(Object.keys(presets) as [keyof typeof presets])
    .default('default')
    .describe('Defaults of the other settings: ours, or those of a paper or project.'),
  effort: z
    .enum(['quick', 'normal', 'thorough'])
    .default('normal')
    .describe(
      'How much is searched, where steps, screen and restarts are left out: by what an image of the model costs.',
    ),
  seconds: z
    .number()
    .positive()
    .optional()
    .describe(
      'Time for the search of a hole at most; how far it comes then depends on the machine. Left out: no limit.',
    ),
  seed: z.int().min(0).default(0).describe('The same seed, model and options give the same result on the same device.'),
  context: z
    .number()
    .min(1)
    .optional()
    .describe(
      "Side of the view that the model sees, as a multiple of the hole's longer side; at least the model's own size. Left out: as the model was taught to see, by its card.",
    ),
});

/** Options with all defaults filled in. */
export interface Resolved extends SearchOptions {
  readonly effort: 'quick' | 'normal' | 'thorough';
  readonly seconds: number | undefined;
  readonly seed: number;
  readonly context: number | undefined;
}

/** Checks options and fills in the preset's. @throws LatentfillError naming each option that is wrong. */
export function resolveOptions(options: unknown): Resolved {
  const { preset, ...given } = parseOptions(optionsSchema, options ?? {}, 'valid options');
  const decided = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...presets[preset], ...decided } as Resolved;
}
