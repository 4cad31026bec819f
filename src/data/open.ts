/** @file Datasets by their source. Node only. */

import { stat } from 'node:fs/promises';
import { LatentfillError } from '../base/errors.ts';
import type { Dataset, DatasetOptions } from './dataset.ts';

/** The sources that have a name; each loads when it is first asked for. */
const sources: Readonly<Record<string, (options: DatasetOptions) => Promise<Dataset>>> = {
  toon: async (options) => (await import('./toon.ts')).openToon(options),
};

/**
 * Opens a named source (`toon`), or a folder of images by its path; a folder called `toon` is reached as `./toon`.
 * @throws LatentfillError for a source that is neither, a folder without images, or a wrong line in its captions.
 */
export async function openDataset(source: string, options: DatasetOptions): Promise<Dataset> {
  if (Object.hasOwn(sources, source)) return sources[source]!(options);
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    const names = Object.keys(sources).map((name) => `'${name}'`);
    throw new LatentfillError(
      `Expected ${names.join(', ')} or a folder of images as data, got '${source}', which is neither: check the name.`,
    );
  }
  return (await import('./folder.ts')).openFolder(source, options);
}
