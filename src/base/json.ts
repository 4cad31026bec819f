/** @file JSON that a person or a fault may have changed. Browser-safe. */

import { LatentfillError } from './errors.ts';

/** What the value of a text should be, where the text stands, and what to do where it is something else. */
export interface Expected<T> {
  readonly schema: { parse(value: unknown): T };
  /** `a recipe` */
  readonly what: string;
  readonly path: string;
  /** `copy it again` */
  readonly remedy: string;
}

/** The value of a JSON text. @throws LatentfillError where it is no JSON, or not what the schema says. */
export function parseJson<T>(text: string, { schema, what, path, remedy }: Expected<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const came = text.trim() === '' ? 'an empty file' : 'something else';
    throw new LatentfillError(`Expected ${what} in '${path}', got ${came}: ${remedy}.`, { cause });
  }
}
