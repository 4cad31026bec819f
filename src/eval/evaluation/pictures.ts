/** @file Where an evaluation keeps its pictures. Node only. */

import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeLeftovers } from '../../base/write-whole.ts';
import type { Image } from '../../image/image.ts';
import { readImage, writeImage } from '../../image/image-file.ts';
import type { Case } from './cases.ts';

type Place = Pick<Case, 'protocol' | 'picture'>;

/** `center/0007.png`: picture 7 of the data with its hole `center`. */
export function fileOf({ protocol, picture }: Place): string {
  return join(protocol, `${String(picture).padStart(4, '0')}.png`);
}

/** A method's name as the name of a folder. */
export function folderOf(method: string): string {
  return method.replace(/^\.|[^\w.=,+-]/g, '_');
}

const kinds = ['fills', 'reconstructions'] as const;

/** Pictures that methods made: their fills, or what the model drew of the whole picture. */
export type Kind = (typeof kinds)[number];

const pathOf = (out: string, kind: Kind, method: string, place: Place) =>
  join(out, kind, folderOf(method), fileOf(place));

export async function keepPicture(out: string, kind: Kind, method: string, one: Case, image: Image): Promise<void> {
  await writeImage(pathOf(out, kind, method, one), image);
}

/** Whether a picture that {@link keepPicture} wrote is still there. */
export function isKept(out: string, kind: Kind, method: string, place: Place): boolean {
  return existsSync(pathOf(out, kind, method, place));
}

/** A picture that {@link keepPicture} wrote. */
export async function keptPicture(out: string, kind: Kind, method: string, place: Place): Promise<Image> {
  return (await readImage(pathOf(out, kind, method, place))).image;
}

/** Removes the pictures of a fill, and the folders that are empty then. */
export async function removePictures(out: string, method: string, place: Place): Promise<void> {
  for (const kind of kinds) {
    const path = pathOf(out, kind, method, place);
    await rm(path, { force: true });
    let folder = dirname(path);
    while (folder !== join(out) && (await removeEmpty(folder))) folder = dirname(folder);
  }
}

/** Whether a folder was empty, and is gone. */
function removeEmpty(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}

/** Removes what a killed process left half-written among the pictures of a method. No other may be writing there. */
export async function removeHalfWritten(out: string, method: string, protocol: string): Promise<void> {
  for (const kind of kinds) await removeLeftovers(dirname(pathOf(out, kind, method, { protocol, picture: 0 })));
}
