/** @file What the judge tells apart: the attributes of toon faces, each with its values. */

import type { Dataset } from '../../src/data/dataset.ts';
import type { JudgeCard, Shown } from '../../src/eval/measures/judge.ts';

/** A face by attribute; what is absent is `none`. */
export type Face = Shown;

/** An attribute and every value that it can have. */
export type Head = JudgeCard['heads'][number];

/** What may be absent from a face. */
const OPTIONAL = ['beard', 'rearHair'];

/** The attributes of face `index`, absent ones as `none`. */
export function faceOf(faces: Dataset, index: number): Face {
  return { ...Object.fromEntries(OPTIONAL.map((key) => [key, 'none'])), ...faces.attributes!(index) };
}

/** Every attribute that faces have, with the values that occur, in alphabetical order. */
export function headsOf(faces: Dataset): Head[] {
  const found = new Map<string, Set<string>>();
  for (let i = 0; i < faces.length; i++) {
    for (const [key, value] of Object.entries(faceOf(faces, i))) {
      found.set(key, (found.get(key) ?? new Set()).add(value));
    }
  }
  return [...found].sort().map(([attribute, values]) => ({ attribute, values: [...values].sort() }));
}

/** How many values all heads have together: the classifier's outputs. */
export function width(heads: readonly Head[]): number {
  return heads.reduce((sum, { values }) => sum + values.length, 0);
}

/** A face as the classifier should see it, [width]: for each head a 1 at its value and 0 elsewhere. */
export function oneHot(heads: readonly Head[], face: Face): Float32Array {
  return Float32Array.from(
    heads.flatMap(({ attribute, values }) => values.map((v) => (v === face[attribute] ? 1 : 0))),
  );
}
