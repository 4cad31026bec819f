/** @file JSON that a person or a fault may have changed. Browser-safe. */

import { type ErrorCode, LatentfillError } from './errors.ts';

/** What the value of a text should be, where the text stands, and what to do where it is something else. */
export interface Expected<T> {
  readonly schema: { parse(value: unknown): T };
  /** `a recipe` */
  readonly what: string;
  readonly path: string;
  /** `copy it again` */
  readonly remedy: string;
  readonly code: ErrorCode;
}

/** The value of a JSON text. @throws LatentfillError where it is no JSON, or not what the schema says. */
export function parseJson<T>(text: string, { schema, what, path, remedy, code }: Expected<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const came = text.trim() === '' ? 'an empty file' : 'something else';
    throw new LatentfillError(code, `Expected ${what} in '${path}', got ${came}: ${remedy}.`, { cause });
  }
}
