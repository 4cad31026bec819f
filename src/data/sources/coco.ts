/** @file MSCOCO: photographs of everyday scenes, each with five captions by people (Lin et al. 2014). Node only. */

import { basename, join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import { readImage } from '../../image/image-file.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { visitItems } from '../formats/json-items.ts';
import { isFile } from '../formats/read-file.ts';
import { squareOf } from '../square.ts';

/** captions_train2017.json has 92 MB. */
const MAX_BYTES = 400_000_000;

const YEARS = ['2017', '2014'];

interface Photograph {
  readonly file: string;
  readonly captions: readonly string[];
}

/**
 * Opens a folder with `annotations/captions_train2017.json` and `train2017/` (`val2017` is the held-out split), or the
 * same of 2014. Photographs come in the order of their ids.
 * @throws LatentfillError where the captions are missing or damaged.
 */
export async function openCoco(folder: string, { size, split, count }: DatasetOptions): Promise<Dataset> {
  const part = split === 'train' ? 'train' : 'val';
  const places = YEARS.map((year) => ({
    captions: join(folder, 'annotations', `captions_${part}${year}.json`),
    images: join(folder, `${part}${year}`),
  }));
  const present = await Promise.all(places.map(({ captions }) => isFile(captions)));
  const place = places[present.indexOf(true)];
  if (!place) {
    throw new LatentfillError(
      'data',
      `Expected MSCOCO's captions at '${places[0]!.captions}' or '${places[1]!.captions}', got neither: unpack annotations_trainval2017.zip there.`,
    );
  }
  const photographs = (await readCaptions(place.captions)).slice(0, count);
  if (photographs.length === 0) {
    throw new LatentfillError('data', `Expected images in '${place.captions}', got none: fetch it again.`);
  }
  return {
    name: 'coco',
    length: photographs.length,
    size,
    captions: (index) => photographs[index]!.captions,
    licence: {
      licence: 'captions CC BY 4.0; each photograph its own',
      attribution: 'MSCOCO, the COCO Consortium (https://cocodataset.org), photographs by users of Flickr',
    },
    image: async (index) =>
      squareOf(await readImage(join(place.images, photographs[index]!.file), { wanted: size }), size),
  };
}

async function readCaptions(path: string): Promise<Photograph[]> {
  const files = new Map<number, string>();
  const captions = new Map<number, string[]>();
  const wrong = (text: string, expected: string) =>
    new LatentfillError('data', `Expected ${expected} in '${path}', got '${text}': fetch it again.`);
  await visitItems(path, MAX_BYTES, (key, item, text) => {
    if (key === 'images') {
      const { id, file_name: file } = item;
      const right =
        typeof id === 'number' && typeof file === 'string' && file === basename(file) && !/^\.|\\/.test(file);
      if (!right) throw wrong(text, 'an id and the name of a file for each image');
      files.set(id, file);
    } else if (key === 'annotations') {
      const { image_id: id, caption } = item;
      if (typeof id !== 'number' || typeof caption !== 'string') throw wrong(text, 'an image_id and a caption');
      const known = captions.get(id);
      if (known) known.push(caption.trim());
      else captions.set(id, [caption.trim()]);
    }
  });
  return [...files].sort(([a], [b]) => a - b).map(([id, file]) => ({ file, captions: captions.get(id) ?? [] }));
}
