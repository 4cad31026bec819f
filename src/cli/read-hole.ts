/** @file Reads the picture and the hole of a job. */

import { LatentfillError } from '../base/errors.ts';
import { mask } from '../image/image.ts';
import { readImage, readMask } from '../image/image-file.ts';
import { checkMask } from '../image/mask.ts';
import type { MaskedImage } from '../inpaint/inpaint.ts';
import type { Job } from './jobs.ts';

/** Reads a job's image and mask; the output's transparency is the image's, opaque where a hole was. */
export async function readHole(job: Job, invert: boolean): Promise<MaskedImage & { alpha: Float32Array | undefined }> {
  const { image, alpha } = await readImage(job.image);
  if (job.mask !== undefined) {
    const hole = await readMask(job.mask, { invert });
    checkMask(hole, image, `the mask '${job.mask}'`, 'use --invert-mask');
    return { image, mask: hole, alpha };
  }
  if (!alpha?.some((a) => a === 0)) {
    throw new LatentfillError(
      'mask',
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
