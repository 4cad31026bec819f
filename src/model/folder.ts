/**
 * @file The folder of a finished model: model.json, generator.onnx, discriminator.onnx, vocabulary.json, CARD.md, samples.png.
 * model.json names the others by their hashes. Node only.
 */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { readBeside, recover, writeTogether } from '../base/together.ts';
import { cardSchema, type Draft, type ModelCard } from './card.ts';
import { type Model, openModel } from './model.ts';
import { type Vocabulary, vocabularySchema } from './text/vocabulary.ts';

/** What a model folder is made of. */
export interface ModelFiles {
  readonly card: Draft;
  readonly generator: Uint8Array;
  /** null: the model has none. */
  readonly discriminator: Uint8Array | null;
  /** What captions are made of; left out for a model without words. */
  readonly vocabulary?: Vocabulary | null;
  /** CARD.md. */
  readonly text: string;
  /** samples.png. */
  readonly samples: Uint8Array;
}

const HEAD = 'model.json';

/**
 * Reads a model folder; of one that is being written, the model before or after. What a killed {@link saveModel} left to be
 * done is done first, where the folder may be written.
 * @throws LatentfillError when a file is missing, damaged or not the one that the card names.
 */
export async function loadModel(folder: string): Promise<Model> {
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

async function openFolder(folder: string, text: string): Promise<Model> {
  const [path, what] = [join(folder, HEAD), 'a latentfill model card of format 1'];
  const card = parseJson(text, { schema: cardSchema, what, path, remedy: 'copy it again' });
  const named = async (name: keyof ModelCard['files']) => {
    const hash = card.files[name];
    return hash === undefined ? null : readNamed(folder, name, hash, text);
  };
  const [generator, words] = [await named('generator.onnx'), await named('vocabulary.json')];
  const vocabulary =
    words &&
    parseJson(new TextDecoder().decode(words), {
      ...{ schema: vocabularySchema, what: 'a vocabulary', path: join(folder, 'vocabulary.json') },
      remedy: 'copy the whole folder again',
    });
  return openModel(card, generator!, await named('discriminator.onnx'), vocabulary);
}

/**
 * Writes a model folder, in place of an older model if there is one: whoever opens it finds the one or the other, also after
 * a kill at any moment. Other files in the folder stay.
 * @throws LatentfillError as {@link checkModelPlace}, and where it cannot be written.
 */
export async function saveModel(folder: string, files: ModelFiles): Promise<void> {
  const { card, generator, discriminator, vocabulary, text, samples } = files;
  const parts = {
    'generator.onnx': generator,
    ...(discriminator && { 'discriminator.onnx': discriminator }),
    ...(vocabulary && { 'vocabulary.json': new TextEncoder().encode(`${JSON.stringify(vocabulary)}\n`) }),
  };
  const hashes = Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, sha256(bytes)]));
  const json = `${JSON.stringify(cardSchema.parse({ ...card, files: hashes }), null, 2)}\n`;
  const obsolete = (await namesOf(folder)).filter((name) => !Object.hasOwn(parts, name));
  const all = { ...parts, 'CARD.md': text, 'samples.png': samples, [HEAD]: json };
  await checkModelPlace(folder, Object.keys(all));
  await writeTogether(folder, { head: HEAD, files: all, obsolete });
}

/** @throws LatentfillError for a folder that holds no model, but files of the names that a model's have: they are somebody's own. */
export async function checkModelPlace(folder: string, written = ALWAYS): Promise<void> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  if (names.includes(HEAD)) return;
  const found = written.filter((name) => names.includes(name));
  if (found.length === 0) return;
  throw new LatentfillError(
    `Expected a new folder, or one with a model, for the model, got '${folder}' with ${found.join(', ')} and no model.json: name another place.`,
  );
}

/** Files that every model has beside its card. */
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
      `Expected the model's '${name}' at '${path}', got no such file: copy the whole folder again.`,
    );
  });
  if (sha256(bytes) === hash) return bytes;
  throw new LatentfillError(
    `Expected '${path}' to be the file that model.json names (sha256), got another: copy the whole folder again.`,
  );
}

async function readCard(folder: string): Promise<string> {
  return readFile(join(folder, HEAD), 'utf8').catch(() => {
    throw new LatentfillError(
      `Expected a model folder with a model.json at '${folder}', got none: name such a folder.`,
    );
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
