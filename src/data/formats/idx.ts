/** @file IDX, the file format of MNIST and its kin (LeCun, Cortes & Burges, yann.lecun.com/exdb/mnist). Node only. */

import { LatentfillError } from '../../base/errors.ts';
import { isFile, readUnpacked } from './read-file.ts';

/** An array of bytes. */
export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Unpacked bytes that are read at most; the largest file of Fashion-MNIST has 47 MB. */
const MAX_BYTES = 64_000_000;
const UNSIGNED_BYTE = 8;

/**
 * Reads an IDX file of bytes, as it is or with .gz at its name's end.
 * @throws LatentfillError unless it has `dimensions` dimensions and exactly the bytes that they say.
 */
export async function readIdx(path: string, dimensions: number): Promise<Idx> {
  const found = (await isFile(path)) ? path : `${path}.gz`;
  const bytes = await readUnpacked(found, MAX_BYTES);
  const header = 4 + 4 * dimensions;
  const magic = (UNSIGNED_BYTE << 8) | dimensions;
  if (bytes.length < header || bytes.readUInt32BE(0) !== magic) {
    throw new LatentfillError(
      'data',
      `Expected an IDX file of ${dimensions}-dimensional bytes at '${found}', got something else: fetch it again.`,
    );
  }
  const shape = Array.from({ length: dimensions }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const wanted = shape.reduce((a, b) => a * b, 1);
  if (bytes.length - header !== wanted) {
    throw new LatentfillError(
      'data',
      `Expected ${shape.join('×')} = ${wanted} bytes after the header of '${found}', got ${bytes.length - header}: fetch it again.`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}
