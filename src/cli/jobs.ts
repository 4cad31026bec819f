/** @file Which images are filled, with which masks, to where. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { checkFolders, checkPlaces, outputNames, type Places, stem } from './outputs.ts';

/** One image to fill. */
export type Job = Places;

const pictures = /\.(png|jpe?g|webp)$/i;

/**
 * The jobs of a file, or of every image in a folder. @throws LatentfillError where a mask cannot be found, and where a
 * result would replace what it is made of.
 */
export async function jobsOf(
  image: string,
  maskPath: string | undefined,
  { out, candidates }: { readonly out: string; readonly candidates: string | undefined },
  isFolder: boolean,
): Promise<Job[]> {
  const jobs = isFolder
    ? await jobsIn(image, maskPath, { out, candidates })
    : [{ image, mask: maskPath, out, candidates }];
  await checkPlaces(jobs);
  return jobs;
}

async function jobsIn(
  folder: string,
  maskPath: string | undefined,
  { out, candidates }: { readonly out: string; readonly candidates: string | undefined },
): Promise<Job[]> {
  const names = (await readdir(folder)).filter((name) => pictures.test(name)).sort();
  if (names.length === 0)
    throw new LatentfillError('image', `Expected PNG, JPEG or WebP images in '${folder}', got none: add some.`);
  const masks = maskPath !== undefined && (await stat(maskPath).catch(() => undefined))?.isDirectory();
  const maskNames = masks ? (await readdir(maskPath)).filter((name) => pictures.test(name)).sort() : [];
  await checkFolders([folder, ...(masks ? [maskPath] : [])], out);
  const outputs = outputNames(names);
  return names.map((name, i) => {
    const own = maskNames.find((mask) => mask === name) ?? maskNames.find((mask) => stem(mask) === stem(name));
    if (masks && own === undefined) {
      throw new LatentfillError(
        'mask',
        `Expected a mask for '${name}' in '${maskPath}', got none of that name: add '${stem(name)}.png'.`,
      );
    }
    return {
      image: join(folder, name),
      mask: masks ? join(maskPath, own!) : maskPath,
      out: join(out, `${outputs[i]}.png`),
      candidates: candidates === undefined ? undefined : join(candidates, outputs[i]!),
    };
  });
}
