/** @file Captions as tokens: the words and pairs of neighbouring words that a model knows. Browser-safe. */

import { z } from 'zod';

/** vocabulary.json. */
export const vocabularySchema = z.strictObject({
  /** Words ("red") and bigrams ("red hair"), most frequent first. */
  entries: z.array(z.string()),
  /** Tokens of a caption: the longest that was learned. */
  length: z.int().positive(),
});

/** What a model knows of language. Entry i has the token i + {@link FIRST}. */
export type Vocabulary = z.output<typeof vocabularySchema>;

/** Fills a row up; it says nothing. */
export const PADDING = 0;
/** Stands alone where there is no caption. */
export const NO_CAPTION = 1;
/** The token of a vocabulary's first entry. */
export const FIRST = 2;
/** Tokens of a caption at most. */
const MAX_LENGTH = 96;

/** Learns a vocabulary from captions: the `limit` most frequent entries that occur at least `minimum` times. */
export function learnVocabulary(
  captions: Iterable<string>,
  { limit, minimum }: { readonly limit: number; readonly minimum: number },
): Vocabulary {
  const counts = new Map<string, number>();
  const all: string[][] = [];
  for (const caption of captions) {
    const found = entriesOf(caption);
    all.push(found);
    for (const entry of found) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  }
  const entries = [...counts]
    .filter(([, count]) => count >= minimum)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([entry]) => entry);
  const known = new Set(entries);
  const longest = all.reduce((most, found) => Math.max(most, found.filter((entry) => known.has(entry)).length), 1);
  return { entries, length: Math.min(MAX_LENGTH, longest) };
}

/** Encodes captions with one vocabulary. */
export interface Tokeniser {
  readonly length: number;
  /** Tokens [length] of a caption, or of none. */
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

/** The words of a caption, then its bigrams: pairs that stand beside each other with no comma or full stop between. */
function entriesOf(caption: string): string[] {
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
