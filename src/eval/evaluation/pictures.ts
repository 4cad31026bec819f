/** @file Where an evaluation keeps its pictures, and where the pictures of other programs lie. Node only. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import type { Image } from '../../image/image.ts';
import { readImage, writeImage } from '../../image/image-file.ts';
import { checkMaskSize } from '../../image/mask.ts';
import type { Case } from './cases.ts';

type Place = Pick<Case, 'protocol' | 'picture'>;

/** `center/0007.png`: the seventh picture, counted from 0, with the hole `center`. */
export function fileOf({ protocol, picture }: Place): string {
  return join(protocol, `${String(picture).padStart(4, '0')}.png`);
}

/** A method's name as the name of a folder. */
export function folderOf(method: string): string {
  return method.replace(/[^\w.=,+-]/g, '_');
}

/** Pictures that methods made: their fills, or what the model drew of the whole picture. */
export type Kind = 'fills' | 'reconstructions';

const pathOf = (out: string, kind: Kind, method: string, place: Place) =>
  join(out, kind, folderOf(method), fileOf(place));

export async function keepPicture(out: string, kind: Kind, method: string, one: Case, image: Image): Promise<void> {
  await writeImage(pathOf(out, kind, method, one), image);
}

/** A picture that {@link keepPicture} wrote. */
export async function keptPicture(out: string, kind: Kind, method: string, place: Place): Promise<Image> {
  return (await readImage(pathOf(out, kind, method, place))).image;
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
  return image;
}
