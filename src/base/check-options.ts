/** @file Checks options of a call against their schema. Browser-safe. */

import { type Issue, LatentfillError } from './errors.ts';

/** The parts of a zod schema that are used. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly ZodIssue[] } };
}

/** What of zod's issues is used. */
interface ZodIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: unknown;
  readonly values?: unknown;
  readonly keys?: unknown;
}

/**
 * `given`, parsed by the schema; errors call it `what`.
 * @throws LatentfillError with an issue for each wrong option.
 */
export function parseOptions<T>(schema: Schema<T>, given: unknown, what: string): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw wrongOptions(
    what,
    parsed.error.issues.flatMap((issue) => issuesOf(issue, given)),
  );
}

/** An issue in our words: what was expected, and what came. A key that is not known is an issue of its own. */
function issuesOf(issue: ZodIssue, given: unknown): Issue[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys as string[]).map((key) => ({ path: [...path, key], message: 'there is no such option' }));
  }
  const value = path.reduce((of: unknown, key) => (of as Readonly<Record<string | number, unknown>>)?.[key], given);
  const came = typeof value === 'object' ? (value === null ? 'null' : 'an object') : String(value);
  return [{ path, message: `expected ${expectedBy(issue)}, got ${came}` }];
}

function expectedBy({ code, expected, minimum, maximum, inclusive, values, message }: ZodIssue): string {
  if (code === 'too_small') return `${inclusive === false ? 'more than' : 'at least'} ${minimum}`;
  if (code === 'too_big') return `${inclusive === false ? 'less than' : 'at most'} ${maximum}`;
  if (code === 'invalid_value') return `one of ${(values as unknown[]).join(', ')}`;
  if (code === 'invalid_type') return kinds[String(expected)] ?? `a value of the kind ${expected}`;
  if (code === 'custom') return message; // of a rule that the schema words itself
  return `what the schema allows (${message})`;
}

const kinds: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text',
  array: 'a list',
  object: 'an object',
};

/** The error for wrong options; `named` gives the name of an option from its path. */
export function wrongOptions(
  what: string,
  issues: readonly Issue[],
  named = (path: Issue['path']) => `'${path.join('.')}'`,
): LatentfillError {
  const wrong = issues.map(({ path, message }) => (path.length > 0 ? `${named(path)}: ${message}` : message));
  return new LatentfillError('options', `Expected ${what}, got ${wrong.join('; ')}.`, { issues });
}

/** @throws LatentfillError unless `control` is an object that has only `known` keys. */
export function checkControl(control: unknown, known: readonly string[]): void {
  if (control === undefined) return;
  const form = `{ ${known.join(', ')} }`;
  if (control instanceof AbortSignal) {
    throw new LatentfillError('options', `Expected ${form}, got a signal alone: give { signal }.`);
  }
  const plain = typeof control === 'object' && control !== null;
  const unknown = plain ? Object.keys(control).find((key) => !known.includes(key)) : undefined;
  if (plain && unknown === undefined) return;
  const got = plain ? `'${unknown}'` : String(control);
  throw new LatentfillError('options', `Expected ${form}, got ${got}: check the name.`);
}
