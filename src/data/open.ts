/** @file Datasets by their source. Node only. */

import type { Dataset, DatasetOptions } from './dataset.ts';

/** Opens `toon`, or a folder of images by its path. */
export async function openDataset(source: string, options: DatasetOptions): Promise<Dataset> {
  if (source === 'toon') return (await import('./toon.ts')).openToon(options);
  return (await import('./folder.ts')).openFolder(source, options);
}
