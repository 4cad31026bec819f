/** @file A folder of images as a dataset, with captions where captions.jsonl gives them. Node only. */

import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { LatentfillError } from '../base/errors.ts';
import { readImage } from '../image/codec.ts';
import type { Dataset, DatasetOptions } from './dataset.ts';
import { ofSplit } from './split.ts';
import { squareOf } from './square.ts';

/** A line of captions.jsonl. */
const captionSchema = z
  .object({ file: z.string(), caption: z.string().optional(), captions: z.array(z.string()).optional() })
  .refine(({ caption, captions }) => caption !== undefined || captions !== undefined);

/**
 * Opens every image in a folder and its subfolders, in order of their names; each is cut to its middle square, resized,
 * and laid on white where it is transparent. Hidden files are left out. A tenth of the images, chosen by a hash of the
 * file's name, is held out: adding files moves none between splits. A damaged image is an error when it is read.
 * @throws LatentfillError for a folder without images, or a wrong line in captions.jsonl.
 */
export async function openFolder(folder: string, { size, split, count }: DatasetOptions): Promise<Dataset> {
  const entries = await readdir(folder, { recursive: true }).catch((cause) => {
    throw new LatentfillError(`Expected a folder of images at '${folder}', but it cannot be read: ${cause.message}.`, {
      cause,
    });
  });
  const names = entries
    .map((name) => name.replaceAll(sep, '/'))
    .filter((name) => /\.(png|jpe?g|webp)$/i.test(name) && !/(^|\/)\./.test(name))
    .sort();
  const files = ofSplit(names, split).slice(0, count);
  if (files.length === 0) {
    throw new LatentfillError(
      `Expected PNG, JPEG or WebP images for the ${split} split in '${folder}', got none: add some.`,
    );
  }
  const captions = await readCaptions(join(folder, 'captions.jsonl'));
  const name = basename(resolve(folder));
  return {
    name,
    length: files.length,
    size,
    captions: (index) => captions.get(files[index]!) ?? [],
    licence: { licence: 'unknown', attribution: `the images of ${name}` },
    image: async (index) => squareOf(await readImage(join(folder, files[index]!)), size),
  };
}

async function readCaptions(path: string): Promise<Map<string, string[]>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new LatentfillError(`Expected captions in '${path}', but it cannot be read: ${error.message}.`, {
      cause: error,
    });
  });
  const captions = new Map<string, string[]>();
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const { file, caption, captions: several = [] } = captionSchema.parse(JSON.parse(line));
      captions.set(file, [...(captions.get(file) ?? []), ...(caption === undefined ? [] : [caption]), ...several]);
    } catch (cause) {
      throw new LatentfillError(
        `Expected {"file": …, "caption": …} in line ${i + 1} of '${path}', got '${line.slice(0, 60)}': mend that line.`,
        { cause },
      );
    }
  }
  return captions;
}
