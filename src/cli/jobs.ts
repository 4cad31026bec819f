/** @file Which images are filled, with which masks, to where: all that can be known before a model is loaded. */

import { dirname, join } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { checkOutput } from '../image/image-file.ts';
import { type FolderFiles, filesIn } from './folder-files.ts';
import { FORMATS, isPicture, outputNames } from './names.ts';
import { checkFolders, checkPlaces, checkWritable, earlierFile, identity, kind, type Places } from './outputs.ts';
import { masksBeside, type Pairs, pairMasks } from './pairs.ts';
import type { Tally } from './tally.ts';

/** One image to fill. */
export type Job = Places;

/** A job, or why it cannot be done: its mask is missing or unclear. */
interface Planned extends Job {
  readonly problem?: string | undefined;
}

/** What of the command line says which images are filled. */
export interface Asked extends Places {
  readonly recursive?: boolean | undefined;
  readonly overwrite?: boolean | undefined;
  readonly skipExisting?: boolean | undefined;
}

/** The images to fill. */
export interface Work {
  readonly jobs: readonly Job[];
  /** Images that are left out, and those whose mask is missing or unclear, have ended already. */
  readonly tally: Tally;
  /** One file was asked for, not a folder. */
  readonly alone: boolean;
  /** What a person should know before the work begins. */
  readonly notes: readonly string[];
}

/**
 * The jobs of a file, or of every image in a folder. @throws LatentfillError where what was asked for is not there, and
 * where a result would replace what it is made of, or (in a folder) an older result.
 */
export async function workOf(asked: Asked): Promise<Work> {
  const { alone, oneMask } = await checkAsked(asked);
  const plan: Plan = alone ? { planned: [asked], notes: [] } : await planFolder(asked, oneMask);
  const { planned, notes } = plan;
  await checkPlaces(planned);
  await checkWritable('--out', alone ? dirname(asked.out) : asked.out);
  if (asked.candidates !== undefined) await checkWritable('--candidates', asked.candidates);
  if (alone) checkOutput(asked.out);
  else if (!asked.overwrite && !asked.skipExisting) await checkEarlier(planned, asked.out);
  const left: Planned[] = [];
  for (const job of planned) if (!asked.skipExisting || (await kind(job.out)) === undefined) left.push(job);
  const [all, skipped] = [planned.length, planned.length - left.length];
  const failed = left.flatMap(({ image, problem }) =>
    problem === undefined ? [] : { image, error: new LatentfillError('mask', problem) },
  );
  if (skipped > 0) notes.push(`skipped ${skipped} of ${all}: their results are there`);
  const jobs = left.filter(({ problem }) => problem === undefined);
  if (failed.length > 0 && jobs.length > 0)
    notes.push(`the masks of ${failed.length} of ${all} are missing or unclear, as is told at the end`);
  return { jobs, tally: { all, skipped, filled: 0, failed }, alone, notes };
}

/** Whether the image is a file, and whether the mask is. @throws LatentfillError for what is missing or contradicts. */
async function checkAsked({ image, mask, recursive, overwrite, skipExisting }: Asked) {
  const [imageKind, maskKind] = [await kind(image), mask === undefined ? undefined : await kind(mask)];
  const alone = imageKind === 'file';
  const expected = (what: string, got: string) => new LatentfillError('command', `Expected ${what}, got ${got}.`);
  if (imageKind === undefined) throw expected(`an image or a folder of images at '${image}'`, 'none: check the name');
  if (mask !== undefined && maskKind === undefined)
    throw expected(`a mask or a folder of masks at '${mask}'`, 'none: check the name');
  if (alone && maskKind === 'folder')
    throw expected(`a file for the mask of '${image}'`, `the folder '${mask}': give the mask itself`);
  if (alone && recursive) throw expected('a folder with --recursive', `the file '${image}': leave --recursive out`);
  if (overwrite && skipExisting) throw expected('--overwrite or --skip-existing', 'both: choose one');
  return { alone, oneMask: maskKind === 'file' };
}

/** What a command line comes to. */
interface Plan {
  readonly planned: Planned[];
  readonly notes: string[];
}

async function planFolder(asked: Asked, oneMask: boolean): Promise<Plan> {
  const { image: folder, mask, out, candidates } = asked;
  const { pictures, pairs, maskFolder, notes } = await pairsIn(asked, oneMask);
  const outputs = outputNames(pictures);
  const planned = pictures.map((name, i): Planned => {
    const own = pairs?.masks.get(name);
    const lacks = maskFolder !== folder && pairs !== undefined && own === undefined;
    return {
      image: join(folder, name),
      mask: oneMask ? mask : own && join(maskFolder, own),
      out: join(out, `${outputs[i]}.png`),
      candidates: candidates && join(candidates, outputs[i]!),
      problem: pairs?.problems.get(name) ?? (lacks ? lacking(name, maskFolder, outputs[i]!) : undefined),
    };
  });
  return { planned, notes };
}

/** The pictures of a folder and their masks, which lie in a folder of their own or beside them. */
async function pairsIn({ image: folder, mask, out, candidates, recursive = false }: Asked, oneMask: boolean) {
  const isBeside = mask === undefined || (await identity(mask)) === (await identity(folder));
  const maskFolder = oneMask || isBeside ? folder : mask;
  await checkFolders([folder, maskFolder], { out, candidates });
  const except = new Set<string>();
  for (const path of [folder, mask, out, candidates]) if (path !== undefined) except.add(await identity(path));
  const list = (path: string) => filesIn(path, { recursive, except });

  const found = await list(folder);
  const all = found.files.filter(isPicture);
  if (all.length === 0) throw noPictures(folder, found, recursive);
  const notes = passedOver(folder, found, recursive);
  let { pictures, masks } = masksBeside(all);
  if (!isBeside || oneMask) {
    const left = `by their names masks of the pictures beside them, which --mask replaces, in '${folder}': ${some(masks)}`;
    if (masks.length > 0) notes.push(`passed over ${masks.length}, ${left}`);
  }
  if (oneMask) return { pictures, maskFolder, notes };
  if (!isBeside) {
    const given = await list(maskFolder);
    masks = given.files.filter(isPicture);
    notes.push(...passedOver(maskFolder, { files: given.files, folders: [] }, recursive));
  }
  const pairs: Pairs = pairMasks(pictures, masks);
  const { length } = pairs.unused;
  if (length > 0)
    notes.push(
      `${length} mask${length === 1 ? ' belongs' : 's belong'} to no picture, in '${maskFolder}': ${some(pairs.unused)}`,
    );
  return { pictures, pairs, maskFolder, notes };
}

function lacking(name: string, maskFolder: string, output: string): string {
  return `Expected a mask for '${name}' in '${maskFolder}', got none of that name: add '${output}.png'.`;
}

function noPictures(folder: string, { folders }: FolderFiles, recursive: boolean): LatentfillError {
  const [got, remedy] =
    folders.length > 0 && !recursive
      ? ['only folders', 'give --recursive for the pictures in them']
      : ['none', 'add some'];
  return new LatentfillError('image', `Expected images (${FORMATS}) in '${folder}', got ${got}: ${remedy}.`);
}

/** A line on the files of a folder that are no pictures, and one on the folders that were not entered. */
function passedOver(folder: string, { files, folders }: FolderFiles, recursive: boolean): string[] {
  const others = files.filter((file) => !isPicture(file));
  const notes: string[] = [];
  if (others.length > 0) {
    const what = others.length === 1 ? 'file that is no picture' : 'files that are no pictures';
    notes.push(`passed over ${others.length} ${what} (${FORMATS}), in '${folder}': ${some(others)}`);
  }
  if (folders.length > 0) {
    const what = `${recursive ? 'link' : 'folder'}${folders.length === 1 ? '' : 's'}${recursive ? ' to folders' : ''}`;
    const remedy = recursive ? '' : ' (--recursive takes the pictures in them too)';
    notes.push(`passed over ${folders.length} ${what}, in '${folder}': ${some(folders)}${remedy}`);
  }
  return notes;
}

function some(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}

/** @throws LatentfillError where results of an earlier run would be replaced. */
async function checkEarlier(jobs: readonly Job[], out: string): Promise<void> {
  const there: string[] = [];
  for (const job of jobs) {
    const file = await earlierFile(job);
    if (file !== undefined) there.push(file);
  }
  if (there.length === 0) return;
  throw new LatentfillError(
    'command',
    `Expected no results of an earlier run for '${out}', got those of ${there.length} of ${jobs.length} pictures, such as '${there[0]}': give --skip-existing to fill only the others, or --overwrite to replace them.`,
  );
}
