/** @file Checks output paths: a result must not overwrite its inputs or another result. */

import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { LatentfillError } from '../base/errors.ts';

/** What one job reads and writes. */
export interface Places {
  readonly image: string;
  readonly mask: string | undefined;
  readonly out: string;
  /** The folder of all candidates, if they are wanted. */
  readonly candidates: string | undefined;
}

/**
 * Names for the results of files, without a suffix: the file's own without its suffix, and with it where others share it
 * (`photo.jpg` and `photo.png` become `photo.jpg` and `photo.png`), numbered where that does not tell them apart. Letter case
 * does not make names distinct, since some disks ignore it.
 */
export function outputNames(files: readonly string[]): string[] {
  const shared = new Map<string, number>();
  for (const file of files) shared.set(folded(stem(file)), (shared.get(folded(stem(file))) ?? 0) + 1);
  const isAlone = (file: string) => shared.get(folded(stem(file))) === 1;
  const taken = new Set(files.filter(isAlone).map((file) => folded(stem(file))));
  return files.map((file) => {
    if (isAlone(file)) return stem(file);
    let name = file;
    for (let n = 2; taken.has(folded(name)); n++) name = `${file}-${n}`;
    taken.add(folded(name));
    return name;
  });
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
    const key = await identity(out);
    if (inputs.has(key)) throw replaces(`'${inputs.get(key)}'`, out);
    outputs.set(key, out);
  }
  await checkCandidates(jobs, [...inputs.values(), ...outputs.values()]);
  for (const { out } of jobs) if ((await kind(out)) === 'folder') throw inTheWay('--out', 'file', out);
}

/** Candidates are 01.png and so on in their folder: none may be an image, a mask or a result. */
async function checkCandidates(jobs: readonly Places[], files: readonly string[]): Promise<void> {
  const numbered = new Map<string, string>();
  for (const path of files)
    if (/^\d{2,}\.png$/i.test(basename(path))) numbered.set(await identity(dirname(path)), path);
  const taken = new Set<string>();
  for (const path of files) taken.add(await identity(path));
  for (const { candidates } of jobs) {
    if (candidates === undefined) continue;
    const key = await identity(candidates);
    if (numbered.has(key)) throw replaces(`'${numbered.get(key)}'`, candidates, '--candidates');
    if (taken.has(key) || (await kind(candidates)) === 'file') throw inTheWay('--candidates', 'folder', candidates);
  }
}

/** @throws LatentfillError where the results of a folder would come among the images or masks that they are made of. */
export async function checkFolders(inputs: readonly string[], out: string): Promise<void> {
  const to = await identity(out);
  for (const folder of inputs) if (to === (await identity(folder))) throw replaces(`the files in '${folder}'`, out);
  if ((await kind(out)) === 'file') throw inTheWay('--out', 'folder', out);
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
async function identity(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found) return `${found.dev} ${found.ino}`;
  const whole = resolve(path);
  const above = dirname(whole);
  return above === whole ? whole : `${await identity(above)}/${folded(basename(whole))}`;
}

async function kind(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && (found.isDirectory() ? 'folder' : 'file');
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** A path's last part without its suffix. */
export function stem(path: string): string {
  return basename(path, extname(path));
}
