/** @file A folder of mask files as a protocol. Node only. */

import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import { type Mask, mask } from '../../image/image.ts';
import { binarise, checkMask } from '../../image/mask.ts';
import { readMask } from '../../image/mask-file.ts';
import { resizeMask } from '../../image/resize.ts';
import type { Protocol } from './index.ts';

/** A mask file; its values are held as 8 bits, as files have them. */
interface Held extends Pick<Mask, 'width' | 'height'> {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The PNG, JPEG and WebP masks of a folder in order of their names, in turn, understood as `readMask` does and resized to
 * the picture. What a mask has only a part of, as at soft edges, is missing, so that no method sees it. All are held, at
 * a byte a pixel.
 * @throws LatentfillError for a folder without masks, and for a mask that cannot be read or leaves nothing to fill or
 * nothing known.
 */
export async function openMaskFolder(folder: string): Promise<Protocol> {
  const masks: Held[] = [];
  for (const file of await maskFiles(folder)) masks.push(await hold(join(folder, file)));
  const name = basename(resolve(folder));
  const count = masks.length === 1 ? 'The mask' : `The ${masks.length} masks`;
  return {
    name,
    about: `${count} of the folder ${name}, in turn.`,
    hole: (width, height, _rng, i) => holeOf(masks[i % masks.length]!, width, height),
  };
}

async function maskFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder);
  const files = entries.filter((name) => /\.(png|jpe?g|webp)$/i.test(name) && !name.startsWith('.')).sort();
  if (files.length > 0) return files;
  throw new LatentfillError('mask', `Expected PNG, JPEG or WebP masks in '${folder}', got none: add some.`);
}

async function hold(name: string): Promise<Held> {
  const { mask: read } = await readMask(name);
  checkMask(read, read, `the mask '${name}'`);
  const { width, height, data } = read;
  return { name, width, height, bytes: Uint8Array.from(data, (m) => Math.ceil(255 * m)) };
}

function holeOf({ name, width, height, bytes }: Held, toWidth: number, toHeight: number): Mask {
  const whole = mask(
    width,
    height,
    Float32Array.from(bytes, (m) => m / 255),
  );
  const hole = binarise(resizeMask(whole, toWidth, toHeight), 0);
  checkMask(hole, hole, `the mask '${name}' at ${toWidth}×${toHeight} pixels`, 'leave it out');
  return hole;
}
