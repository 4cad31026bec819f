/** @file Mask files, through sharp. Node only. */

import { type Decoded, decode, readable } from './decode.ts';
import { binarise } from './mask.ts';
import { type MaskFile, type MaskOptions, meaningOf } from './mask-meaning.ts';

/**
 * Reads a mask file and says how it was understood: white is the hole, black is kept, grey is a soft edge; or
 * what is transparent, or painted, as it fits the file.
 * @throws LatentfillError for a file that cannot be read, as `readImage` does, and for one that may mean two things or
 * nothing.
 */
export async function readMask(path: string, options: MaskOptions = {}): Promise<MaskFile> {
  const { rgba, width, height, format } = await decode(await readable(path), path, { deep: true });
  const meaning = meaningOf({ width, height, data: at8Bits(rgba) }, options, `the mask '${path}'`);
  // JPEG spreads colours over sixteen pixels, so their edge is where half of the colour is.
  return format === 'jpeg' && meaning.from === 'colour' ? { ...meaning, mask: binarise(meaning.mask) } : meaning;
}

/**
 * Values of 16 bits at 8. Those of a file whose colours are all below 256 are taken as they are: it holds 0 and 1, or 0
 * to 255, in larger numbers. The same for its alpha.
 */
function at8Bits(rgba: Decoded['rgba']): Uint8Array {
  if (rgba instanceof Uint8Array) return rgba;
  const most = [0, 0];
  for (let i = 0; i < rgba.length; i++) {
    const kind = i % 4 === 3 ? 1 : 0;
    if (rgba[i]! > most[kind]!) most[kind] = rgba[i]!;
  }
  const [colours, alpha] = most.map((v) => (v < 256 ? 1 : 257));
  const data = new Uint8Array(rgba.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.round(rgba[i]! / (i % 4 === 3 ? alpha! : colours!));
  return data;
}
