/** @file Presets in files: what `sweep` recommends, or what anyone writes. Node only. */

import { readFileSync } from 'node:fs';
import { parseOptions } from '../base/check-options.ts';
import { LatentfillError } from '../base/errors.ts';
import { parseWrittenJson } from '../base/json.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options-type.ts';
import { presets } from './presets.ts';

/**
 * The options that a preset stands for: one of {@link presets} by its name, or a JSON file of options.
 * @throws LatentfillError for what is neither, and for a file with options that are none.
 */
export function readPreset(nameOrFile: string): Options {
  if (Object.hasOwn(presets, nameOrFile)) return { preset: nameOrFile as keyof typeof presets };
  let text: string;
  try {
    text = readFileSync(nameOrFile, 'utf8');
  } catch (cause) {
    throw new LatentfillError(
      'options',
      `Expected a preset of ${Object.keys(presets).join(', ')}, or a JSON file of options for the option 'preset', got '${nameOrFile}': check the name.`,
      { cause },
    );
  }
  const found = parseWrittenJson(text, nameOrFile, 'options');
  return parseOptions(optionsSchema, found, `valid options in the preset '${nameOrFile}'`) as Options;
}
