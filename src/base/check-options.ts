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
  const wrong = parsed.error.issues.flatMap((issue) => wrongOf(issue, given));
  const told = wrong.map(({ name, message }) => (name === '' ? message : `${name}: ${message}`));
  throw new LatentfillError('options', `Expected ${what}, got ${told.join('; ')}.`, {
    issues: wrong.map(({ path, message }) => ({ path, message })),
  });
}

/**
 * An issue in our words: what was expected, and what came. A key that is not known is an issue of its own. The name is
 * `the option 'steps'` where a front end may have another word for it (the command line a flag); not so for what only a
 * file can hold: values within objects, objects themselves, and keys that do not exist.
 */
function wrongOf(issue: ZodIssue, given: unknown): (Issue & { readonly name: string })[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys as string[]).map((key) => ({
      path: [...path, key],
      name: `'${[...path, key].join('.')}'`,
      message: 'there is no such option',
    }));
  }
  const quoted = path.length === 0 ? '' : `'${path.join('.')}'`;
  const name = path.length === 1 && issue.expected !== 'object' ? `the option ${quoted}` : quoted;
  const value = path.reduce((of: unknown, key) => (of as Readonly<Record<string | number, unknown>>)?.[key], given);
  const came = typeof value === 'object' ? (value === null ? 'null' : 'an object') : String(value);
  return [{ path, name, message: `expected ${expectedBy(issue)}, got ${came}` }];
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
