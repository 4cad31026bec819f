/** @file Opens a model from its files, wherever they are stored, and checks their hashes. Browser-safe. */

import { LatentfillError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { parseJson } from '../base/json.ts';
import { cardSchema, type ModelCard } from './card.ts';
import { type Model, openModel } from './model.ts';
import { vocabularySchema } from './text/vocabulary.ts';

/** The files beside a card. */
export type ModelFileName = keyof ModelCard['files'];

/** Parses a card. @throws LatentfillError for any other text, with `path` as its place. */
export function parseCard(text: string, path: string): ModelCard {
  const what = 'a latentfill model card of format 1';
  return parseJson(text, { schema: cardSchema, what, path, remedy: 'copy it again', code: 'model' });
}

/** Opens the model of a card; `read` gives its files. @throws LatentfillError where they do not fit together. */
export async function openFiles(
  card: ModelCard,
  path: (name: ModelFileName) => string,
  read: (name: ModelFileName, hash: string) => Promise<Uint8Array>,
): Promise<Model> {
  const named = async (name: ModelFileName) => {
    const hash = card.files[name];
    return hash === undefined ? null : read(name, hash);
  };
  const [generator, discriminator, words, waist] = await Promise.all(
    (['generator.onnx', 'discriminator.onnx', 'vocabulary.json', 'waist.onnx'] as const).map(named),
  );
  const expected = { schema: vocabularySchema, what: 'a vocabulary', path: path('vocabulary.json') };
  const vocabulary = words
    ? parseJson(new TextDecoder().decode(words), { ...expected, remedy: 'copy the whole model again', code: 'model' })
    : null;
  return openModel(card, generator!, discriminator!, vocabulary, waist);
}

/** @throws LatentfillError unless the bytes of the file at `path` have the card's hash. */
export async function checkHash(bytes: Uint8Array, hash: string, path: string): Promise<void> {
  if ((await sha256(bytes)) === hash) return;
  throw new LatentfillError(
    'model',
    `Expected '${path}' to be the file that model.json names (sha256), got another: copy the whole model again.`,
  );
}
