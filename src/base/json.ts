/** @file Parses JSON files that may have been edited or damaged. Browser-safe. */

import { type ErrorCode, LatentfillError } from './errors.ts';

/** The expected value of a JSON text, and the parts of the error's sentence. */
export interface Expected<T> {
  readonly schema: { parse(value: unknown): T };
  /** `a recipe` */
  readonly what: string;
  readonly path: string;
  /** `copy it again` */
  readonly remedy: string;
  readonly code: ErrorCode;
}

/**
 * The value of a JSON text that a person wrote, not yet checked against a schema.
 * @throws LatentfillError that says where it stops being JSON.
 */
export function parseWrittenJson(text: string, path: string, code: ErrorCode): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const came = text.trim() === '' ? 'an empty file' : `something else (${(cause as Error).message})`;
    throw new LatentfillError(code, `Expected JSON in '${path}', got ${came}: correct it.`, { cause });
  }
}

/** Parses a JSON text. @throws LatentfillError where it is no JSON, or does not match the schema. */
export function parseJson<T>(text: string, { schema, what, path, remedy, code }: Expected<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const came = text.trim() === '' ? 'an empty file' : 'something else';
    throw new LatentfillError(code, `Expected ${what} in '${path}', got ${came}: ${remedy}.`, { cause });
  }
}
