/** @file Holes that hide an attribute of a toon face wholly, and the faces and captions to try them on. */

import { permutation, random } from '../../src/base/random.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { type Mask, mask } from '../../src/image/image.ts';
import { type Face, faceOf } from '../judge/attributes.ts';

/** Pixels a side of the faces that are hidden. */
export const SIZE = 64;

/** A rectangle of pixels: columns and rows, from the first to the last. */
type Rectangle = readonly [left: number, top: number, right: number, bottom: number];

/** A hole, and what it hides. */
export interface Hiding {
  readonly name: string;
  readonly hole: readonly Rectangle[];
  /** Attributes of which no pixel outside the hole tells anything. */
  readonly hides: readonly string[];
  /** Whether a face can be used: in the others something else tells a hidden attribute. */
  readonly suits: (face: Face) => boolean;
}

const LAST = SIZE - 1;

/**
 * The holes are the pixels that change, in any face, with a hidden attribute, and no more than a few beside them
 * (test/bench/hidings.test.ts draws them). Brows lie in the hole over the hair. Beards and rear hair do not and have the
 * hair's colour, so only faces without either are used there.
 */
export const hidings: readonly Hiding[] = [
  {
    name: 'hair',
    // The top of the picture, and the strands that a bun leaves beside the face.
    hole: [
      [0, 0, LAST, 35],
      [15, 36, 21, 51],
      [42, 36, 49, 51],
    ],
    hides: ['hair', 'hairColor'],
    suits: ({ beard, rearHair }) => beard === 'none' && rearHair === 'none',
  },
  { name: 'beard', hole: [[17, 33, 47, 59]], hides: ['beard'], suits: () => true },
  { name: 'clothes', hole: [[0, 48, LAST, LAST]], hides: ['clothes', 'clothesColor'], suits: () => true },
];

/** The hole as a mask of 64×64 pixels. */
export function maskOf({ hole }: Hiding): Mask {
  const inside = (x: number, y: number) =>
    hole.some(([left, top, right, bottom]) => x >= left && x <= right && y >= top && y <= bottom);
  const data = Float32Array.from({ length: SIZE * SIZE }, (_, i) => (inside(i % SIZE, Math.floor(i / SIZE)) ? 1 : 0));
  return mask(SIZE, SIZE, data);
}

/** A face with something hidden, and the face whose caption it is given instead of its own: indices in the dataset. */
export interface Pair {
  readonly own: number;
  readonly other: number;
}

/**
 * The first `count` faces that suit, each with another of them in which every hidden attribute differs: following that one's
 * caption can then never be confused with being right.
 */
export function pairsOf({ name, hides, suits }: Hiding, faces: Dataset, count: number): Pair[] {
  const chosen: { index: number; face: Face }[] = [];
  for (let index = 0; index < faces.length && chosen.length < count; index++) {
    const face = faceOf(faces, index);
    if (suits(face)) chosen.push({ index, face });
  }
  return chosen.flatMap(({ index, face }, i) => {
    const order = permutation(random('captions', name, i), chosen.length);
    const other = [...order].find((j) => hides.every((key) => chosen[j]!.face[key] !== face[key]));
    return other === undefined ? [] : [{ own: index, other: chosen[other]!.index }];
  });
}
