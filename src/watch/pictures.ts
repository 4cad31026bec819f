/** @file What the report shows of a checkpoint, kept in the run's report/ folder. Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../base/write-whole.ts';

const address = z.string().startsWith('data:image/');

const picturesSchema = z.strictObject({
  epoch: z.int().positive(),
  /** Pixels a side of one image. */
  size: z.int().positive(),
  /** The first samples, in one row. */
  row: address,
  /** Samples from the same latents at every checkpoint, in rows. */
  samples: address,
  /** In rows, from one random latent to another. */
  interpolations: address,
  /** One row: samples with captions of held-out images; null: captions do not reach the generator, or there are none. */
  described: z.strictObject({ row: address, real: address, captions: z.array(z.string()) }).nullable(),
  /** Samples beside the training images nearest to them, nearest first. */
  neighbours: z.array(
    z.strictObject({
      sample: address,
      byFeatures: address,
      byPixels: address,
    }),
  ),
});

/** Pictures of a checkpoint, as `data:` addresses. */
export type Pictures = z.output<typeof picturesSchema>;

const path = (run: string, epoch: number) => join(run, 'report', `epoch-${String(epoch).padStart(4, '0')}.json`);

/** Keeps the pictures of a checkpoint. */
export async function keepPictures(run: string, pictures: Pictures): Promise<void> {
  await writeWhole(path(run, pictures.epoch), JSON.stringify(pictures));
}

/** The pictures of a checkpoint; undefined where none were kept, or in a form of another version. */
export async function readPictures(run: string, epoch: number): Promise<Pictures | undefined> {
  const text = await readFile(path(run, epoch), 'utf8').catch(() => 'null');
  try {
    return picturesSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
