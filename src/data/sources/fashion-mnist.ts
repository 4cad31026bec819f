/** @file Fashion-MNIST: 70,000 grey pictures of clothes, 28×28, in ten classes (Xiao, Rasul & Vollgraf 2017). Node only. */

import { join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import { paste } from '../../image/crop.ts';
import { type Image, image } from '../../image/image.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { readIdx } from '../formats/idx.ts';
import { isFolder } from '../formats/read-file.ts';
import { fromPlanes } from '../square.ts';
import { withArticle } from './words.ts';

/** Where Debian's package dataset-fashion-mnist puts its files. */
const FOLDER = '/usr/share/datasets/fashion-mnist';

const CLASSES = [
  ...['T-shirt', 'trousers', 'pullover', 'dress', 'coat'],
  ...['sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
] as const;

const SIDE = 28;

/**
 * Opens the four IDX files in a folder; its test files are the held-out split. Grey becomes three equal channels. At 32
 * pixels a picture keeps its own and gets a black border; other sizes are resized.
 * @throws LatentfillError where the folder or a file is missing or damaged.
 */
export async function openFashionMnist(
  folder: string | undefined,
  { size, split, count }: DatasetOptions,
): Promise<Dataset> {
  const place = folder ?? FOLDER;
  if (!(await isFolder(place))) {
    throw new LatentfillError(
      'data',
      `Expected Fashion-MNIST in '${place}', got no such folder: 'apt-get install dataset-fashion-mnist' puts it in ${FOLDER}; files elsewhere are opened as fashion-mnist:FOLDER.`,
    );
  }
  const part = join(place, split === 'train' ? 'train' : 't10k');
  const [images, labels] = await Promise.all([
    readIdx(`${part}-images-idx3-ubyte`, 3),
    readIdx(`${part}-labels-idx1-ubyte`, 1),
  ]);
  const [length, ...sides] = images.shape as [number, number, number];
  if (sides.some((side) => side !== SIDE) || length === 0 || labels.shape[0] !== length) {
    throw new LatentfillError(
      'data',
      `Expected pictures of ${SIDE}×${SIDE} and as many labels at '${part}-…', got ${sides.join('×')}, ${length} pictures and ${labels.shape[0]} labels: fetch them again.`,
    );
  }
  const wrong = labels.data.findIndex((label) => label >= CLASSES.length);
  if (wrong >= 0) {
    throw new LatentfillError(
      'data',
      `Expected labels 0 to 9 in '${part}-labels-idx1-ubyte', got ${labels.data[wrong]} at ${wrong}: fetch it again.`,
    );
  }
  const nameOf = (index: number) => CLASSES[labels.data[index]!]!;
  return {
    name: 'fashion-mnist',
    length: Math.min(length, count ?? length),
    size,
    captions: (index) => captionsOf(nameOf(index)),
    attributes: (index) => ({ class: nameOf(index) }),
    licence: {
      licence: 'MIT',
      attribution: 'Fashion-MNIST, © 2017 Zalando SE (Xiao, Rasul and Vollgraf), MIT licence',
    },
    image: async (index) => draw(images.data.subarray(index * SIDE ** 2, (index + 1) * SIDE ** 2), size),
  };
}

function captionsOf(name: string): string[] {
  const noun = name === 'trousers' ? name : withArticle(name);
  return [noun, `a picture of ${noun}`];
}

function draw(bytes: Uint8Array, size: number): Image {
  if (size !== 32) return fromPlanes(bytes, SIDE, size);
  return paste(image(32, 32, 3), fromPlanes(bytes, SIDE, SIDE), { x: 2, y: 2, width: SIDE, height: SIDE });
}
