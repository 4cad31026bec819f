/** @file The part of a hole that a face has: what lies mostly in its square is filled there, the rest as if there were none. */

import { LatentfillError } from '../base/errors.ts';
import { type FacePoints, faceSquare } from '../image/face-square.ts';
import type { Mask } from '../image/image.ts';
import { boundingBox } from '../image/mask.ts';
import { partHole } from '../image/part-hole.ts';
import type { TurnedBox } from '../image/turned.ts';
import type { ModelCard } from '../model/card.ts';
import { cut, type Piece } from './far-pieces.ts';

/** A hole in two parts. */
interface Parted {
  /** The pieces that lie mostly in the square, as one. */
  readonly own: Piece;
  /** What is left of the hole, if anything. */
  readonly rest: Mask | undefined;
}

/**
 * The square of a face, as a model knows it.
 * @throws LatentfillError for a model whose card does not say how its faces lie, and for points that are no face's.
 */
export function squareOfFace(
  { card }: { readonly card: Pick<ModelCard, 'name' | 'faces'> },
  face: FacePoints,
): TurnedBox {
  if (card.faces) return faceSquare(face, card.faces);
  throw new LatentfillError(
    'options',
    `Expected a model whose card says how its faces lie ('faces') for the points of a face, got '${card.name}': leave the face out, or import the model with the option 'faces'.`,
  );
}

/**
 * The pieces of a hole that lie mostly in a face's square, and the others.
 * @throws LatentfillError where none does.
 */
export function faceHole(hole: Mask, square: TurnedBox): Parted {
  const { inside, outside } = partHole(hole, square);
  if (inside) {
    const box = boundingBox(inside)!;
    return { own: { box, mask: cut(inside, box, () => true), view: square }, rest: outside };
  }
  const [x, y] = [square.x + square.width / 2, square.y + square.height / 2].map(Math.round);
  throw new LatentfillError(
    'mask',
    `Expected a part of the hole to lie mostly in the square of the face, ${Math.round(square.width)} pixels a side around (${x}, ${y}), got a hole elsewhere: give the points of the face that it hides, or none.`,
  );
}
