/** @file Which images are filled, with which masks, to where. */

import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { readImage, readMask } from '../image/codec.ts';
import { mask } from '../image/image.ts';
import { checkMask } from '../image/mask.ts';
import type { Hole } from '../inpaint/inpaint.ts';

/** One image to fill. */
export interface Job {
  readonly name: string;
  readonly image: string;
  readonly mask: string | undefined;
  readonly out: string;
}

const pictures = /\.(png|jpe?g|webp)$/i;

/** The jobs of a file, or of every image in a folder. @throws LatentfillError where a mask cannot be found. */
export async function jobsOf(
  image: string,
  maskPath: string | undefined,
  out: string,
  isFolder: boolean,
): Promise<Job[]> {
  if (!isFolder) return [{ name: stem(image), image, mask: maskPath, out }];
  const names = (await readdir(image)).filter((name) => pictures.test(name)).sort();
  if (names.length === 0)
    throw new LatentfillError(`Expected PNG, JPEG or WebP images in '${image}', got none: add some.`);
  const masks = maskPath !== undefined && (await stat(maskPath).catch(() => undefined))?.isDirectory();
  const maskNames = masks ? await readdir(maskPath) : [];
  return names.map((name) => {
    const own = maskNames.find((candidate) => pictures.test(candidate) && stem(candidate) === stem(name));
    if (masks && own === undefined) {
      throw new LatentfillError(
        `Expected a mask for '${name}' in '${maskPath}', got none of that name: add '${stem(name)}.png'.`,
      );
    }
    return {
      name: stem(name),
      image: join(image, name),
      mask: masks ? join(maskPath, own!) : maskPath,
      out: join(out, `${stem(name)}.png`),
    };
  });
}

/** Reads a job's image and mask; the output's transparency is the image's, opaque where a hole was. */
export async function readHole(job: Job, invert: boolean): Promise<Hole & { alpha: Float32Array | undefined }> {
  const { image, alpha } = await readImage(job.image);
  if (job.mask !== undefined) {
    const hole = await readMask(job.mask, { invert });
    checkMask(hole, image, `the mask '${job.mask}'`, 'use --invert-mask');
    return { image, mask: hole, alpha };
  }
  if (!alpha?.some((a) => a === 0)) {
    throw new LatentfillError(
      `Expected a mask for '${job.image}', got none: give --mask, or an image with transparent pixels for its hole.`,
    );
  }
  const hole = mask(
    image.width,
    image.height,
    alpha.map((a) => (a === 0 ? 1 : 0)),
  );
  checkMask(hole, image, `the transparency of '${job.image}'`);
  return { image, mask: hole, alpha: alpha.map((a) => (a === 0 ? 1 : a)) };
}

function stem(path: string): string {
  return basename(path, extname(path));
}
