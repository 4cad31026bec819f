/** @file Presets in files: what `sweep` recommends, or what anyone writes. Node only. */

import { readFile } from 'node:fs/promises';
import { parseOptions } from '../base/check-options.ts';
import { LatentfillError } from '../base/errors.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options-type.ts';
import { presets } from './presets.ts';

/**
 * The options that a preset stands for: one of {@link presets} by its name, or a JSON file of options.
 * @throws LatentfillError for what is neither, and for a file with options that are none.
 */
export async function readPreset(nameOrFile: string): Promise<Options> {
  if (Object.hasOwn(presets, nameOrFile)) return { preset: nameOrFile as keyof typeof presets };
  const text = await readFile(nameOrFile, 'utf8').catch(() => {
    throw new LatentfillError(
      'options',
      `Expected a preset of ${Object.keys(presets).join(', ')}, or a JSON file of options, got '${nameOrFile}': check the name.`,
    );
  });
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new LatentfillError(
      'options',
      `Expected JSON in the preset '${nameOrFile}', got something else: write it again.`,
      { cause },
    );
  }
  return parseOptions(optionsSchema, found, `valid options in the preset '${nameOrFile}'`) as Options;
}
