/** @file Pictures and holes as files, for programs that fill them by themselves. Node only. */

import { join } from 'node:path';
import { image } from '../../image/image.ts';
import { writeImage } from '../../image/image-file.ts';
import { corrupted } from '../methods/baselines.ts';
import { type CaseOptions, casesOf } from './cases.ts';
import { fileOf } from './pictures.ts';

/**
 * Writes for each picture and protocol `masks/center/0000.png` (white is the hole), `holes/center/0000.png` (the picture
 * with its hole in grey, and nothing of what was there) and `pictures/0000.png` (the truth, which no program should be shown).
 * @returns How many pictures.
 */
export async function exportHoles(
  options: CaseOptions & { readonly count: number },
  folder: string,
  signal?: AbortSignal,
): Promise<number> {
  const count = Math.min(options.count, options.dataset.length);
  for (let i = 0; i < count; i++) {
    signal?.throwIfAborted();
    for (const one of await casesOf(i, options)) {
      const { truth, mask } = one;
      await writeImage(join(folder, 'masks', fileOf(one)), image(mask.width, mask.height, 1, mask.data));
      await writeImage(join(folder, 'holes', fileOf(one)), corrupted(truth, mask));
      await writeImage(join(folder, fileOf({ ...one, protocol: 'pictures' })), truth);
    }
  }
  return count;
}
