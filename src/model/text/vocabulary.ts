/** @file A model's vocabulary: words and bigrams, learned from captions. Browser-safe. */

import { z } from 'zod';
import { entriesOf } from './tokeniser.ts';

/** vocabulary.json. */
export const vocabularySchema = z.strictObject({
  /** Words ("red") and bigrams ("red hair"), most frequent first. */
  entries: z.array(z.string()),
  /** Tokens of a row: those of the longest caption that was learned from. */
  length: z.int().positive(),
});

/** A vocabulary. Entry i has the token i + {@link FIRST}. */
export type Vocabulary = z.output<typeof vocabularySchema>;

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
