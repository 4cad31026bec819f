/** @file Loads optional packages. Node only, since bundlers must see their imports. */

import { LatentfillError } from './errors.ts';

/**
 * Calls `load`, which imports optional packages. `packages` are arguments of `npm i`, separated by spaces
 * (`@dicebear/core@9 sharp`); `use` is their purpose, as in "Expected sharp for image files".
 * @throws LatentfillError that says what to install, if a package is missing; any other exception unchanged.
 */
export async function optional<Loaded>(
  load: () => Loaded | Promise<Loaded>,
  packages: string,
  use: string,
): Promise<Loaded> {
  try {
    return await load();
  } catch (cause) {
    const names = packages.split(' ').map((name) => name.replace(/(?<=.)@.*/, ''));
    const missing = missingIn(cause);
    const name = names.find((one) => missing === one || missing?.startsWith(`${one}/`));
    if (!name) throw cause;
    throw new LatentfillError(
      'missing',
      `Expected the package ${name} for ${use}, got none installed: run \`npm i ${packages}\`.`,
      { cause },
    );
  }
}

/** The specifier of the import that was not found; undefined for any other error. */
function missingIn(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  return /^Cannot find (?:package|module) '([^']+)'/.exec(String(message))?.[1];
}
