/** @file Checks options of a call against their schema. Browser-safe. */

import { type Issue, LatentfillError } from './errors.ts';

/** The parts of a zod schema that are used. */
interface Schema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[] };
      };
}

/**
 * `given`, parsed by the schema; errors call it `what`.
 * @throws LatentfillError with an issue for each wrong option.
 */
export function parseOptions<T>(schema: Schema<T>, given: unknown, what: string): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }): Issue => ({ path: path.map((key) => (typeof key === 'symbol' ? String(key) : key)), message }),
  );
  throw wrongOptions(what, issues);
}

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
