/** @file Pictures and holes as files, for programs that fill them by themselves. Node only. */

import { join } from 'node:path';
import { image } from '../../image/image.ts';
import { writeImage } from '../../image/image-file.ts';
import { corrupted } from '../methods/baselines.ts';
import { type CaseOptions, eachPicture, type ReadControl } from './cases.ts';
import { fileOf } from './pictures.ts';

/**
 * Writes for each picture and protocol `masks/center/0000.png` (white is the hole), `holes/center/0000.png` (the picture
 * with its hole in grey, and nothing of what was there) and `pictures/0000.png` (the truth, which no program should be shown).
 * @returns How many pictures.
 */
export async function exportHoles(
  options: CaseOptions & { readonly count: number },
  folder: string,
  control?: ReadControl,
): Promise<number> {
  let count = 0;
  for await (const cases of eachPicture(options, control)) {
    for (const one of cases) {
      const { truth, mask } = one;
      await writeImage(join(folder, 'masks', fileOf(one)), image(mask.width, mask.height, 1, mask.data));
      await writeImage(join(folder, 'holes', fileOf(one)), corrupted(truth, mask));
      await writeImage(join(folder, fileOf({ ...one, protocol: 'pictures' })), truth);
    }
    count++;
  }
  return count;
}
