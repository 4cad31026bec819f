/** @file Pictures that other programs made of the cases. Node only. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import type { Image } from '../../image/image.ts';
import { readImage } from '../../image/image-file.ts';
import { checkMaskSize } from '../../image/mask.ts';
import type { Method } from '../methods/method.ts';
import { type Case, in8Bits } from './cases.ts';
import { fileOf } from './pictures.ts';

/** @throws LatentfillError for the first finished picture that is missing or of another size. */
export async function checkFinished(
  methods: readonly Method[],
  cases: readonly Case[],
  isAlone: boolean,
  signal?: AbortSignal,
): Promise<void> {
  for (const { way, most = Number.POSITIVE_INFINITY } of methods) {
    if (way.kind !== 'finished') continue;
    for (const one of cases) {
      signal?.throwIfAborted();
      if (one.picture < most) await finishedPicture(way.folder, one, isAlone);
    }
  }
}

/**
 * The picture that another program made of a case: `PROTOCOL/0007.png` in its folder, or `0007.png` where there is one
 * protocol alone; PNG, WebP or JPEG.
 * @throws LatentfillError where it is missing, or of another size.
 */
export async function finishedPicture(folder: string, one: Case, isAlone: boolean): Promise<Image> {
  const name = fileOf(one).replace(/\.png$/, '');
  const short = name.slice(one.protocol.length + 1);
  const places = [join(folder, name), ...(isAlone ? [join(folder, short)] : [])];
  const files = places.flatMap((place) => ['.png', '.webp', '.jpg', '.jpeg'].map((suffix) => place + suffix));
  const file = files.find((path) => existsSync(path));
  if (file === undefined) {
    throw new LatentfillError(
      'file',
      `Expected a finished picture '${files[0]}', got none: fill the exported holes first, or evaluate fewer pictures.`,
    );
  }
  const { image } = await readImage(file);
  checkMaskSize(image, one.truth, `the finished picture '${file}'`);
  return in8Bits(image);
}
