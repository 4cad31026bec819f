/** @file Packages that not everyone installs. Node only: a bundler must see its imports by themselves. */

import { LatentfillError } from './errors.ts';

/**
 * Loads what needs packages that may be missing. `packages` are as `npm i` takes them, with a space between
 * (`@dicebear/core@9 sharp`); `use` says what they are for, as in "Expected sharp for image files".
 * @throws LatentfillError that says what to install, where one of them is missing; any other failure as it came.
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
      {
        cause,
      },
    );
  }
}

/** What could not be found, as it was imported; undefined where the failure is another one. */
function missingIn(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  return /^Cannot find (?:package|module) '([^']+)'/.exec(String(message))?.[1];
}
