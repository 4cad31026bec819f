import { expect, test } from 'vitest';
import { FIRST, NO_CAPTION, PADDING, tokeniser } from '../../../src/model/text/tokeniser.ts';
import { learnVocabulary } from '../../../src/model/text/vocabulary.ts';

const captions = [
  'A person with red hair, in a green T-shirt.',
  'a person with black hair, in a red T-shirt',
  'Someone with red hair',
];
const vocabulary = learnVocabulary(captions, { limit: 100, minimum: 2 });

test('words and bigrams that occur often enough are learned, the most frequent first; commas part bigrams', () => {
  expect(vocabulary.entries[0]).toBe('a'); // four times
  expect(vocabulary.entries).toContain('red hair');
  expect(vocabulary.entries).toContain('t-shirt');
  expect(vocabulary.entries).not.toContain('hair in');
  expect(vocabulary.entries).not.toContain('green');
  expect(learnVocabulary(captions, { limit: 3, minimum: 2 }).entries).toEqual(vocabulary.entries.slice(0, 3));
  expect(learnVocabulary(captions.toReversed(), { limit: 100, minimum: 2 })).toEqual(vocabulary);
});

test('a caption becomes its tokens and padding; what is not known is named once and says nothing', () => {
  const { encode, unknown, length } = tokeniser(vocabulary);
  const tokens = (caption: string | null) => [...encode(caption)].map(Number);
  const entry = (name: string) => vocabulary.entries.indexOf(name) + FIRST;
  expect(tokens('Red hair')).toEqual([
    ...[entry('red'), entry('hair'), entry('red hair')],
    ...new Array(length - 3).fill(PADDING),
  ]);
  expect(tokens('zebra red, zebra')).toEqual([entry('red'), ...new Array(length - 1).fill(PADDING)]);
  expect(unknown('Zebra red zebra, moon')).toEqual(['zebra', 'moon']);
  expect(unknown('hair red')).toEqual([]);
});

test('no caption is a word of its own, and so is one without a known word', () => {
  const { encode, length } = tokeniser(vocabulary);
  const none = [NO_CAPTION, ...new Array(length - 1).fill(PADDING)];
  for (const caption of [null, '', 'zebra', '…']) expect([...encode(caption)].map(Number)).toEqual(none);
});

test('a caption that is longer than any that was learned is cut', () => {
  const { encode, length } = tokeniser(vocabulary);
  expect(encode('a person with red hair in a red t-shirt '.repeat(9))).toHaveLength(length);
});
