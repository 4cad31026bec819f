/** @file Reads a file that holds a pickle of plain data. */

import { LatentfillError } from '../../base/errors.ts';
import { parsePickle } from '../../python/pickle.ts';
import type { Pickled } from '../../python/pickle-values.ts';
import { readBytes } from './read-file.ts';

/** Bytes of a pickle that are read at most; the captions of MSCOCO have some 30 MB. */
const MAX_BYTES = 256_000_000;

/** A file's pickle. @throws LatentfillError where it is damaged, or would do more than hold data. */
export async function readPickle(path: string): Promise<Pickled> {
  const bytes = await readBytes(path, MAX_BYTES);
  try {
    return parsePickle(bytes).value;
  } catch (cause) {
    throw new LatentfillError(
      'data',
      `Expected a pickle of plain data in '${path}', got ${(cause as Error).message}: fetch it again, or make it anew from lists, dictionaries and text.`,
      { cause },
    );
  }
}
