/** @file Values of flags that no schema parses. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LatentfillError } from '../base/errors.ts';

/** A whole number, at least 0. */
export function wholeNumber(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new LatentfillError(`Expected a whole number for --${flag}, got '${text}'.`);
}

/** The folder of a model: one given by its path, or one that ships, by its name. */
export function modelFolder(model: string): string {
  const shipped = fileURLToPath(new URL(`../../models/${model}`, import.meta.url));
  return !existsSync(join(model, 'model.json')) && /^[\w-]+$/.test(model) && existsSync(shipped) ? shipped : model;
}
