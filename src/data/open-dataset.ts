/** @file Datasets by their source. Node only. */

import { checkControl } from '../base/check-options.ts';
import { LatentfillError } from '../base/errors.ts';
import type { Dataset, DatasetOptions } from './dataset.ts';
import { isFolder } from './formats/read-file.ts';
import { sources } from './sources/index.ts';

/** How every source is written, as one list. */
export const sourceForms: readonly string[] = Object.entries(sources).map(([name, { path }]) => {
  if (path === 'none') return name;
  return path === 'required' ? `${name}:PATH` : `${name}[:PATH]`;
});

/**
 * The held-out split of a source; where it has none, why, in a sentence. To be asked only of a source that can be opened
 * for training.
 */
export async function openHeldOut(
  source: string,
  options: Omit<DatasetOptions, 'split'>,
): Promise<{ readonly dataset: Dataset } | { readonly dataset: null; readonly reason: string }> {
  try {
    return { dataset: await openDataset(source, { ...options, split: 'heldout' }) };
  } catch (error) {
    if (error instanceof LatentfillError) return { dataset: null, reason: error.message };
    throw error;
  }
}

/**
 * Opens a source: a name (`toon`), a name and where its files are (`folder:pictures`), or the path of a folder of images
 * alone; a folder called `toon` is reached as `./toon`. docs/data.md has them all.
 * @throws LatentfillError for what is none of these, and where the source's files are missing or damaged.
 */
export async function openDataset(source: string, options: DatasetOptions): Promise<Dataset> {
  checkOptions(source, options);
  const [, name = source, path] = /^([^:]+)(?::(.*))?$/s.exec(source) ?? [];
  if (!Object.hasOwn(sources, name)) {
    if (await isFolder(source)) return sources.folder!.open(source, options);
    throw new LatentfillError(
      'data',
      `Expected one of ${sourceForms.join(', ')} or a folder of images as data, got '${source}': check the name.`,
    );
  }
  const found = sources[name]!;
  if (path === '' || (path === undefined && found.path === 'required')) {
    throw new LatentfillError('data', `Expected where the files are, as ${name}:PATH, got '${source}': add the path.`);
  }
  if (path !== undefined && found.path === 'none') {
    throw new LatentfillError(
      'data',
      `Expected '${name}' alone, which needs no files, got '${source}': leave the path out.`,
    );
  }
  return found.open(path, options);
}

/** @throws LatentfillError for what no source takes. */
function checkOptions(source: unknown, options: DatasetOptions): void {
  if (typeof source !== 'string') {
    throw new LatentfillError('options', `Expected a data source as text, got ${typeof source}: see docs/data.md.`);
  }
  checkControl(options ?? null, ['size', 'split', 'count', 'source']);
  const { size, split, count } = options;
  if (split !== 'train' && split !== 'heldout') {
    throw new LatentfillError('options', `Expected the split 'train' or 'heldout', got '${split}': name one of them.`);
  }
  for (const [name, value] of Object.entries({ size, ...(count !== undefined && { count }) })) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new LatentfillError('options', `Expected a whole number above 0 as the ${name}, got ${value}.`);
  }
}
