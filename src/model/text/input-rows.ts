/** @file Encodes captions as rows of the networks' text input: tokens of a vocabulary, or embeddings. */

import type { TextForm } from './input-form.ts';
import { tokeniser } from './tokeniser.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Captions of a batch, with their embeddings for a model that takes these. */
export interface Captioned {
  readonly captions: readonly (string | null)[];
  readonly embeddings?: readonly (Float32Array | null)[];
}

/** Rows of a text input, concatenated: tokens or embeddings. */
export type TextRows = BigInt64Array | Float32Array;

/** Encodes captions for the networks' text input. */
export interface TextCodec {
  readonly form: TextForm;
  /** One row for each caption, concatenated. */
  rows(captioned: Captioned): TextRows;
  /** The words of a caption that the model never learned, each once; none for embeddings. */
  unknown(caption: string): string[];
}

/** Captions as tokens. */
export function wordCodec(vocabulary: Vocabulary): TextCodec {
  const { length, encode, unknown } = tokeniser(vocabulary);
  return {
    form: { kind: 'words', entries: vocabulary.entries.length, length },
    rows({ captions }) {
      const all = new BigInt64Array(captions.length * length);
      for (const [i, caption] of captions.entries()) all.set(encode(caption), i * length);
      return all;
    },
    unknown,
  };
}

/** Captions as their given embeddings; zeros for an image without one. */
export function embeddingCodec(size: number): TextCodec {
  return {
    form: { kind: 'embedding', size },
    rows({ captions, embeddings = [] }) {
      const all = new Float32Array(captions.length * size);
      for (const i of captions.keys()) all.set(embeddings[i] ?? [], i * size);
      return all;
    },
    unknown: () => [],
  };
}
