/** @file A folder of images as a dataset, with captions (and embeddings) where captions.jsonl gives them. Node only. */

import { readdir } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import { readImage } from '../../image/image-file.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { ofSplit } from '../split.ts';
import { squareOf } from '../square.ts';
import { readCaptions } from './captions-file.ts';

/**
 * Opens every image in a folder and its subfolders, in order of their names; each is cut to its middle square, resized,
 * and laid on white where it is transparent. Hidden files are left out. A tenth of the images, chosen by a hash of the
 * file's name, is held out (split.ts says how adding files affects the split). A damaged image is an error when it is
 * read.
 * @throws LatentfillError for a folder without images, or a wrong line in captions.jsonl.
 */
export async function openFolder(folder: string, { size, split, count }: DatasetOptions): Promise<Dataset> {
  const entries = await readdir(folder, { recursive: true }).catch((cause) => {
    throw new LatentfillError(
      'data',
      `Expected a folder of images at '${folder}', but it cannot be read: ${cause.message}.`,
      {
        cause,
      },
    );
  });
  const names = entries
    .map((name) => name.replaceAll(sep, '/'))
    .filter((name) => /\.(png|jpe?g|webp)$/i.test(name) && !/(^|\/)\./.test(name))
    .sort();
  const files = ofSplit(names, split).slice(0, count);
  if (files.length === 0) {
    const found = names.length > 0 ? `only ${names.length}` : 'none';
    throw new LatentfillError(
      'data',
      `Expected PNG, JPEG or WebP images for the ${split} split in '${folder}', got ${found}: add some.`,
    );
  }
  const captions = await readCaptions(join(folder, 'captions.jsonl'));
  const name = basename(resolve(folder));
  return {
    name,
    length: files.length,
    size,
    captions: (index) => captions.texts.get(files[index]!) ?? [],
    ...(captions.embeddings && { embeddings: (index: number) => captions.embeddings!.get(files[index]!) ?? [] }),
    licence: { licence: 'unknown', attribution: `the images of ${name}` },
    image: async (index) => squareOf(await readImage(join(folder, files[index]!), { wanted: size }), size),
  };
}
