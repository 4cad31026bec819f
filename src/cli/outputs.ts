/** @file Checks output paths: a result must not overwrite its inputs or another result. */

import { access, constants, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { folded } from './names.ts';

/** What one job reads and writes. */
export interface Places {
  readonly image: string;
  readonly mask?: string | undefined;
  readonly out: string;
  /** The folder of all candidates, if they are wanted. */
  readonly candidates?: string | undefined;
}

/**
 * @throws LatentfillError where a result would replace an image, a mask or another result, or cannot be written because a
 * folder or file is in the way. Files are told apart by what they are on the disk: links, other ways to write a path and,
 * where the disk ignores it, letter case make no difference.
 */
export async function checkPlaces(jobs: readonly Places[]): Promise<void> {
  const inputs = new Map<string, string>();
  for (const { image, mask } of jobs)
    for (const path of [image, mask]) if (path !== undefined) inputs.set(await identity(path), path);
  const outputs = new Map<string, string>();
  for (const { out } of jobs) {
    const input = inputs.get(await identity(out));
    if (input !== undefined) throw replaces(`'${input}'`, out);
    const place = `${await identity(dirname(out))}/${folded(basename(out))}`; // links may make one folder of two
    if (outputs.has(place)) throw replaces(`the result '${outputs.get(place)}'`, out);
    outputs.set(place, out);
  }
  await checkCandidates(jobs, [...inputs.values(), ...outputs.values()]);
  for (const { out } of jobs) if ((await kind(out)) === 'folder') throw inTheWay('--out', 'file', out);
}

/** A candidate's file in its folder. */
const CANDIDATE = /^\d{2,}\.png$/i;

/** Candidates are 01.png and so on in their folder: none may be an image, a mask or a result. */
async function checkCandidates(jobs: readonly Places[], files: readonly string[]): Promise<void> {
  const numbered = new Map<string, string>();
  for (const path of files) if (CANDIDATE.test(basename(path))) numbered.set(await identity(dirname(path)), path);
  const taken = new Set<string>();
  for (const path of files) taken.add(await identity(path));
  for (const { candidates } of jobs) {
    if (candidates === undefined) continue;
    const key = await identity(candidates);
    if (numbered.has(key)) throw replaces(`'${numbered.get(key)}'`, candidates, '--candidates');
    if (taken.has(key) || (await kind(candidates)) === 'file') throw inTheWay('--candidates', 'folder', candidates);
    numbered.set(key, join(candidates, '01.png'));
  }
}

/** @throws LatentfillError where the results of a folder would come among the images or masks that they are made of. */
export async function checkFolders(
  inputs: readonly string[],
  { out, candidates }: { readonly out: string; readonly candidates?: string | undefined },
): Promise<void> {
  for (const [flag, place] of [['--out', out] as const, ['--candidates', candidates] as const]) {
    if (place === undefined) continue;
    const to = await identity(place);
    for (const folder of inputs)
      if (to === (await identity(folder))) throw replaces(`the files in '${folder}'`, place, flag);
  }
}

/** @throws LatentfillError where a folder cannot be made, or not be written in. */
export async function checkWritable(flag: string, folder: string): Promise<void> {
  const found = await kind(folder);
  if (found === undefined && dirname(folder) !== folder) return checkWritable(flag, dirname(folder));
  if (found === 'file') throw inTheWay(flag, 'folder', folder);
  await access(folder, constants.W_OK).catch((cause) => {
    throw new LatentfillError(
      'file',
      `Expected a place for ${flag} that may be written, got '${folder}': choose another.`,
      { cause },
    );
  });
}

/** A file of an earlier run that the results of a job would replace; undefined if there is none. */
export async function earlierFile({ out, candidates }: Places): Promise<string | undefined> {
  if ((await kind(out)) !== undefined) return out;
  const names = candidates === undefined ? [] : await readdir(candidates).catch(() => []);
  const first = names.find((name) => CANDIDATE.test(name));
  return first === undefined ? undefined : join(candidates!, first);
}

function replaces(what: string, place: string, flag = '--out'): LatentfillError {
  return new LatentfillError(
    'command',
    `Expected ${flag} that replaces nothing, got '${place}', over ${what}: name another place.`,
  );
}

function inTheWay(flag: string, wanted: 'file' | 'folder', path: string): LatentfillError {
  const came = wanted === 'file' ? 'folder' : 'file';
  return new LatentfillError(
    'command',
    `Expected a ${wanted} for ${flag}, got the ${came} '${path}': give another name.`,
  );
}

/** What a file or folder is on its disk; for one that is not there, its name within the folder that is. */
export async function identity(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found) return `${found.dev} ${found.ino}`;
  const whole = resolve(path);
  const above = dirname(whole);
  return above === whole ? whole : `${await identity(above)}/${folded(basename(whole))}`;
}

export async function kind(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && (found.isDirectory() ? 'folder' : 'file');
}
