/** @file Reads a picture of a dataset, or says why it has to be left out. Browser-safe. */

import { type ErrorCode, LatentfillError } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import type { Dataset } from './dataset.ts';

/** A picture, or the sentence that says why it cannot be read. */
export type ReadPicture =
  | { readonly picture: Image; readonly reason?: undefined }
  | { readonly picture?: undefined; readonly reason: string };

/** What may be wrong with one picture alone. Any other error, a missing package for instance, would come with each of them. */
const OF_ONE: ReadonlySet<ErrorCode> = new Set(['image', 'file', 'data']);

/**
 * Picture `index`. One that is damaged or gone is no error: whoever reads many leaves it out and says so.
 * @throws whatever is not the fault of this picture.
 */
export async function readPicture(dataset: Dataset, index: number): Promise<ReadPicture> {
  try {
    return { picture: await dataset.image(index) };
  } catch (error) {
    if (error instanceof LatentfillError && OF_ONE.has(error.code)) return { reason: error.message };
    throw error;
  }
}
