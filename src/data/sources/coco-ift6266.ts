/** @file MSCOCO as the course IFT6266 handed it out in 2017: 64×64 photographs, captions in a pickle. Node only. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import { readImage } from '../../image/image-file.ts';
import type { Pickled } from '../../python/pickle-values.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { readPickle } from '../formats/pickle.ts';
import { isFolder } from '../formats/read-file.ts';
import { squareOf } from '../square.ts';

const CAPTIONS = 'dict_key_imgID_value_caps_train_and_valid.pkl';

/**
 * Opens the folder `inpainting/`, or the one above: `train2014/`, `val2014/` (the held-out split) and the pickled
 * dictionary from an image's name, without its suffix, to its captions. The pickle is read as data; nothing in it is run.
 * @throws LatentfillError where something is missing, or the pickle holds more than data.
 */
export async function openCourseCoco(path: string, { size, split, count }: DatasetOptions): Promise<Dataset> {
  const inner = join(path, 'inpainting');
  const folder = (await isFolder(inner)) ? inner : path;
  const images = join(folder, split === 'train' ? 'train2014' : 'val2014');
  const files = await readdir(images).catch((cause) => {
    throw new LatentfillError(
      'data',
      `Expected the course's images in '${images}', got no such folder: unpack them there.`,
      {
        cause,
      },
    );
  });
  const names = files
    .filter((name) => /^[^.].*\.jpe?g$/i.test(name))
    .sort()
    .slice(0, count);
  if (names.length === 0)
    throw new LatentfillError('data', `Expected JPEG images in '${images}', got none: unpack them there.`);
  const dictionary = await readPickle(join(folder, CAPTIONS));
  if (!(dictionary instanceof Map)) {
    throw new LatentfillError(
      'data',
      `Expected a dictionary in '${join(folder, CAPTIONS)}', got something else: fetch it again.`,
    );
  }
  return {
    name: 'coco-ift6266',
    length: names.length,
    size,
    captions: (index) => captionsOf(dictionary, names[index]!),
    licence: {
      licence: 'captions CC BY 4.0; each photograph its own',
      attribution:
        'MSCOCO (https://cocodataset.org), as handed out by the course IFT6266 (Université de Montréal, 2017)',
    },
    image: async (index) => squareOf(await readImage(join(images, names[index]!), { wanted: size }), size),
  };
}

/** More captions than this for one image are a mistake, and would take long. */
const MAX_CAPTIONS = 100;

/** By the file's name without its suffix, or by the number in it. */
function captionsOf(dictionary: ReadonlyMap<Pickled, Pickled>, name: string): string[] {
  const stem = name.replace(/\.[^.]+$/, '');
  const found = dictionary.get(stem) ?? dictionary.get(Number(/\d+$/.exec(stem)?.[0]));
  const all = Array.isArray(found) ? found.slice(0, MAX_CAPTIONS) : [found];
  return all.flatMap((caption) => (typeof caption === 'string' ? [caption.trim()] : []));
}
