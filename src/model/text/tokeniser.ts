/** @file Captions as tokens of a vocabulary. Browser-safe. */

import type { Vocabulary } from './vocabulary.ts';

/** The token that pads a row; it has no meaning. */
export const PADDING = 0;
/** The only token of a row without a caption. */
export const NO_CAPTION = 1;
/** The token of a vocabulary's first entry. */
export const FIRST = 2;
/** Encodes captions with one vocabulary. */
export interface Tokeniser {
  readonly length: number;
  /** Tokens [length] of a caption; null: no caption. */
  encode(caption: string | null): BigInt64Array;
  /** The words of a caption that the model never learned, each once. */
  unknown(caption: string): string[];
}

/** A tokeniser for a vocabulary. */
export function tokeniser({ entries, length }: Vocabulary): Tokeniser {
  const tokens = new Map(entries.map((entry, i) => [entry, i + FIRST]));
  return {
    length,
    encode(caption) {
      const found = caption === null ? [] : entriesOf(caption).flatMap((entry) => tokens.get(entry) ?? []);
      const row = new BigInt64Array(length).fill(BigInt(PADDING));
      for (const [i, token] of (found.length > 0 ? found : [NO_CAPTION]).slice(0, length).entries()) {
        row[i] = BigInt(token);
      }
      return row;
    },
    unknown: (caption) => [...new Set(phrasesOf(caption).flat())].filter((word) => !tokens.has(word)),
  };
}

/** The words of a caption, then its bigrams: adjacent words without punctuation between them. */
export function entriesOf(caption: string): string[] {
  const phrases = phrasesOf(caption);
  const pairs = phrases.flatMap((words) => words.slice(1).map((word, i) => `${words[i]} ${word}`));
  return [...phrases.flat(), ...pairs];
}

/** Lower-case words between punctuation marks. */
function phrasesOf(caption: string): string[][] {
  const phrases = caption
    .normalize('NFKC')
    .toLowerCase()
    .split(/[.,;:!?()"]+/u);
  return phrases.map((phrase) => phrase.match(/[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*/gu) ?? []);
}
