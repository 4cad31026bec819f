/**
 * @file The folder of a finished model: model.json, generator.onnx, discriminator.onnx, waist.onnx, vocabulary.json, CARD.md, samples.png.
 * model.json holds the hashes of the others. Node only.
 */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { readBeside, recover, writeTogether } from '../base/write-together.ts';
import { writeWhole } from '../base/write-whole.ts';
import { cardSchema, type Draft } from './card.ts';
import { modelFolder } from './find.ts';
import type { Model } from './model.ts';
import { checkHash, openFiles, parseCard } from './open-files.ts';
import type { Vocabulary } from './text/vocabulary.ts';

/** The contents of a model folder. */
export interface ModelFiles {
  readonly card: Draft;
  readonly generator: Uint8Array;
  /** null: the model has none. */
  readonly discriminator: Uint8Array | null;
  /** vocabulary.json; left out for a model that has none. */
  readonly vocabulary?: Vocabulary | null;
  /** waist.onnx; left out for a model that has none. */
  readonly waist?: Uint8Array | null;
  /** CARD.md. */
  readonly text: string;
  /** samples.png. */
  readonly samples: Uint8Array;
}

const HEAD = 'model.json';

/**
 * Reads a model. `place` is its folder, the name of a model that ships (`toon-64`), or the folder of a training run
 * with a model in it. While another process writes the folder, the result is the old model or the new one. If a {@link
 * saveModel} was killed half-way, its work is first completed, where the folder is writable.
 * @throws LatentfillError when a file is missing, damaged, or does not have the card's hash.
 */
export async function loadModel(place: string): Promise<Model> {
  const folder = await modelFolder(place);
  await recover(folder, HEAD);
  for (let text = await readCard(folder); ; ) {
    try {
      return await openFolder(folder, text);
    } catch (error) {
      const now = await readCard(folder);
      if (now === text) throw error;
      text = now; // another model was written meanwhile
    }
  }
}

function openFolder(folder: string, text: string): Promise<Model> {
  const path = (name: string) => join(folder, name);
  return openFiles(parseCard(text, path(HEAD)), path, (name, hash) => readNamed(folder, name, hash, text));
}

/**
 * Writes a model folder. It replaces an older model atomically: readers find the old or the new model, even if the
 * process is killed at any moment. Other files in the folder stay.
 * @throws LatentfillError as {@link checkModelPlace}, and where it cannot be written.
 */
export async function saveModel(folder: string, files: ModelFiles): Promise<void> {
  const { card, generator, discriminator, vocabulary, waist, text, samples } = files;
  const parts = {
    'generator.onnx': generator,
    ...(discriminator && { 'discriminator.onnx': discriminator }),
    ...(waist && { 'waist.onnx': waist }),
    ...(vocabulary && { 'vocabulary.json': new TextEncoder().encode(`${JSON.stringify(vocabulary)}\n`) }),
  };
  const hashes: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(parts)) hashes[name] = await sha256(bytes);
  const json = `${JSON.stringify(cardSchema.parse({ ...card, files: hashes }), null, 2)}\n`;
  const obsolete = (await namesOf(folder)).filter((name) => !Object.hasOwn(parts, name));
  const all = { ...parts, 'CARD.md': text, 'samples.png': samples, [HEAD]: json };
  await checkModelPlace(folder, Object.keys(all));
  await writeTogether(folder, { head: HEAD, files: all, obsolete });
}

/** Changes fields of a model's card. @throws LatentfillError where there is no model, and where it cannot be written. */
export async function amendCard(place: string, change: Partial<Pick<Draft, 'view' | 'fit'>>): Promise<void> {
  const folder = await modelFolder(place);
  await recover(folder, HEAD);
  const card = parseCard(await readCard(folder), join(folder, HEAD));
  const amended = cardSchema.parse({ ...card, ...change });
  await writeWhole(join(folder, HEAD), new TextEncoder().encode(`${JSON.stringify(amended, null, 2)}\n`));
}

/**
 * @throws LatentfillError for a folder without model.json that has other files by a model's names: they belong to the
 * user.
 */
export async function checkModelPlace(folder: string, written = ALWAYS): Promise<void> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  if (names.includes(HEAD)) return;
  const found = written.filter((name) => names.includes(name));
  if (found.length === 0) return;
  throw new LatentfillError(
    'model',
    `Expected a new folder, or one with a model, for the model, got '${folder}' with ${found.join(', ')} and no model.json: name another place.`,
  );
}

/** The files of every model, besides its card. */
const ALWAYS: readonly string[] = ['generator.onnx', 'CARD.md', 'samples.png'];

/** The files that the card of a folder names; none where there is no card. */
async function namesOf(folder: string): Promise<string[]> {
  try {
    return Object.keys(cardSchema.parse(JSON.parse(await readFile(join(folder, HEAD), 'utf8'))).files);
  } catch {
    return [];
  }
}

async function readNamed(folder: string, name: string, hash: string, card: string): Promise<Uint8Array> {
  const path = join(folder, name);
  const bytes = await readBeside(folder, name, card).catch(() => {
    throw new LatentfillError(
      'model',
      `Expected the model's '${name}' at '${path}', got no such file: copy the whole folder again.`,
    );
  });
  await checkHash(bytes, hash, path);
  return bytes;
}

async function readCard(folder: string): Promise<string> {
  return readFile(join(folder, HEAD), 'utf8').catch(() => {
    throw new LatentfillError(
      'model',
      `Expected a model folder with a model.json at '${folder}', got none: name such a folder.`,
    );
  });
}
