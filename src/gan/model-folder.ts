/**
 * @file The folder of a finished model: model.json, generator.onnx, discriminator.onnx, vocabulary.json, CARD.md, samples.png.
 * Node only.
 */

import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/files.ts';
import { parseJson } from '../base/json.ts';
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

/** Reads a model folder. @throws LatentfillError when a file is missing, damaged or not the one that the card names. */
export async function loadModel(folder: string): Promise<Model> {
  const card = await readCard(folder);
  const named = async (name: keyof ModelCard['files']) => {
    const hash = card.files[name];
    return hash === undefined ? null : readNamed(folder, name, hash);
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

/** Writes a model folder; model.json comes last, so that a folder with one is whole. */
export async function saveModel(folder: string, files: ModelFiles): Promise<void> {
  const { card, generator, discriminator, vocabulary, text, samples } = files;
  const parts = {
    'generator.onnx': generator,
    'discriminator.onnx': discriminator,
    'vocabulary.json': vocabulary ? new TextEncoder().encode(`${JSON.stringify(vocabulary)}\n`) : null,
  };
  const hashes = Object.entries(parts).flatMap(([name, bytes]) => (bytes ? [[name, sha256(bytes)]] : []));
  const json = `${JSON.stringify(cardSchema.parse({ ...card, files: Object.fromEntries(hashes) }), null, 2)}\n`;
  for (const [name, bytes] of Object.entries(parts)) {
    if (bytes) await writeWhole(join(folder, name), bytes);
    else await rm(join(folder, name), { force: true }); // an earlier model's
  }
  await writeWhole(join(folder, 'CARD.md'), text);
  await writeWhole(join(folder, 'samples.png'), samples);
  await writeWhole(join(folder, 'model.json'), json);
}

async function readNamed(folder: string, name: string, hash: string): Promise<Uint8Array> {
  const path = join(folder, name);
  const bytes = await readFile(path).catch(() => {
    throw new LatentfillError(
      `Expected the model's '${name}' at '${path}', got no such file: copy the whole folder again.`,
    );
  });
  if (sha256(bytes) === hash) return bytes;
  throw new LatentfillError(
    `Expected '${path}' to be the file that model.json names (sha256), got another: copy the whole folder again.`,
  );
}

async function readCard(folder: string): Promise<ModelCard> {
  const path = join(folder, 'model.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new LatentfillError(
      `Expected a model folder with a model.json at '${folder}', got none: give --model such a folder.`,
    );
  });
  const what = 'a latentfill model card of format 1';
  return parseJson(text, { schema: cardSchema, what, path, remedy: 'copy it again' });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
