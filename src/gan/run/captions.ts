/** @file The captions of a run: its vocabulary, learned once and kept in the run's folder. Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { writeWhole } from '../../base/write-whole.ts';
import type { Dataset } from '../../data/dataset.ts';
import { embeddingCodec, type TextCodec, wordCodec } from '../../model/text/input-rows.ts';
import { learnVocabulary, type Vocabulary, vocabularySchema } from '../../model/text/vocabulary.ts';
import type { State } from '../../runtime/state.ts';
import type { Recipe } from '../recipe.ts';

/** The vocabulary is learned from the captions of so many images at most. */
const LEARNED_FROM = 5000;

const vocabularyPath = (run: string) => join(run, 'vocabulary.json');

/**
 * The codec of a run's captions; null: the networks use none. A resumed run keeps the vocabulary that it began with.
 * @throws LatentfillError when the recipe asks for captions or embeddings that the data does not have.
 */
export async function openText(
  recipe: Recipe,
  dataset: Dataset,
  { out, resume = false }: { readonly out: string; readonly resume?: boolean },
): Promise<TextCodec | null> {
  if (recipe.captions.encoder === 'none') return null;
  if (recipe.captions.encoder === 'embedding') return embeddingCodec(embeddingSize(dataset));
  const known = resume ? await readVocabulary(out) : null;
  if (known) return wordCodec(known);
  const vocabulary = learnVocabulary(captionsOf(dataset), {
    limit: recipe.captions.vocabulary,
    minimum: recipe.captions.minimum,
  });
  if (vocabulary.entries.length === 0) {
    throw new LatentfillError(
      'data',
      `Expected captions in '${dataset.name}', as the recipe's captions.encoder asks, got none that repeat: add captions, or set it to 'none'.`,
    );
  }
  await writeWhole(vocabularyPath(out), `${JSON.stringify(vocabulary)}\n`);
  return wordCodec(vocabulary);
}

/** The codec of captions of an existing run; the length of embeddings comes from its checkpoint's weights. */
export async function runText(
  run: string,
  recipe: Recipe,
  state: State,
): Promise<{ codec: TextCodec | null; vocabulary: Vocabulary | null }> {
  if (recipe.captions.encoder === 'none') return { codec: null, vocabulary: null };
  if (recipe.captions.encoder === 'embedding') {
    return { codec: embeddingCodec(state.shape('g.text.dense.weight')[0]!), vocabulary: null };
  }
  const vocabulary = await readVocabulary(run);
  if (vocabulary) return { codec: wordCodec(vocabulary), vocabulary };
  throw new LatentfillError(
    'data',
    `Expected the run's vocabulary.json in '${run}', got no such file: copy the whole run.`,
  );
}

async function readVocabulary(run: string): Promise<Vocabulary | null> {
  const path = vocabularyPath(run);
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const remedy = 'copy the whole run again';
  return parseJson(text, { schema: vocabularySchema, what: 'a vocabulary', path, remedy, code: 'run' });
}

function* captionsOf(dataset: Dataset): Generator<string> {
  for (let i = 0; i < Math.min(dataset.length, LEARNED_FROM); i++) yield* dataset.captions(i);
}

function embeddingSize(dataset: Dataset): number {
  const size = dataset.embeddings?.(0)[0]?.length;
  if (size !== undefined) return size;
  throw new LatentfillError(
    'data',
    `Expected embeddings of captions in '${dataset.name}', as the recipe's captions.encoder asks, got none: add them to captions.jsonl, or choose 'words'.`,
  );
}
