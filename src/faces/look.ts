/** @file A picture as it is looked at for faces: small, its hole filled smoothly, and the squares of it that are shown. */

import type { Point } from '../image/face-square.ts';
import { type Image, image, type Mask, mask } from '../image/image.ts';
import { boundingBox } from '../image/mask.ts';
import { poissonBlendInTurns } from '../image/poisson.ts';
import { cutTurned, type TurnedBox } from '../image/turned.ts';

/** The longest side at which a picture is looked at. */
const LONGEST = 1024;

/** Squares that are looked at, as multiples of the picture's longer side: faces that fill it are seen better from afar. */
const WHOLE = [1, 1.8];

/** Squares around a hole, as multiples of its longer side. */
const AROUND = [2.5, 5];

/** A picture as it is looked at. */
export interface Prepared {
  /** A square around the picture, small. The hole is filled smoothly, so that its edge is no edge. */
  readonly shown: Image;
  /** The square's place in the picture. */
  readonly place: TurnedBox;
  /** Squares to look at, in the picture. */
  readonly squares: readonly TurnedBox[];
}

export async function prepared(picture: Image, hole: Mask, signal: AbortSignal | undefined): Promise<Prepared> {
  const side = Math.max(picture.width, picture.height);
  const [x, y] = [Math.floor((picture.width - side) / 2), Math.floor((picture.height - side) / 2)];
  const place = { x, y, width: side, height: side };
  const size = Math.min(side, LONGEST);
  const { image: seen, share } = cutTurned(picture, hole, place, size);
  const scale = size / side;
  const missing = mask(
    size,
    size,
    share.map((known, i) => {
      const [column, row] = [((i % size) + 0.5) / scale + x, (Math.floor(i / size) + 0.5) / scale + y];
      const isInside = column > 0 && row > 0 && column < picture.width && row < picture.height;
      return isInside && known < 0.5 ? 1 : 0; // beyond the picture it stays black, as in the detector's training
    }),
  );
  const shown = await poissonBlendInTurns(seen, image(size, size, 3), missing, { signal });
  const squares = WHOLE.map((times) => squareAt([picture.width / 2, picture.height / 2], times * side, 0));
  const box = boundingBox(hole);
  for (const times of box ? AROUND : []) {
    const own = times * Math.max(box!.width, box!.height);
    if (own < side) squares.push(squareAt([box!.x + box!.width / 2, box!.y + box!.height / 2], own, 0));
  }
  return { shown, place, squares };
}

/** A square of the picture, from its small copy: [3, size, size]. */
export function view({ shown, place }: Prepared, { x, y, width, angle }: TurnedBox, size: number): Float32Array {
  const scale = shown.width / place.width;
  const side = width * scale;
  const box = { x: (x - place.x) * scale, y: (y - place.y) * scale, width: side, height: side, angle };
  return cutTurned(shown, mask(shown.width, shown.height), box, size).image.data;
}

/** A square picture and its mirror image, [2, 3, size, size]. */
export function withMirror(picture: Float32Array, size: number): Float32Array {
  const both = new Float32Array(2 * picture.length);
  both.set(picture);
  for (let i = 0; i < picture.length; i++) both[picture.length + i] = picture[i - (i % size) + size - 1 - (i % size)]!;
  return both;
}

export function squareAt([x, y]: Point, side: number, angle: number): TurnedBox {
  return { x: x - side / 2, y: y - side / 2, width: side, height: side, angle };
}

/** Where a place of a square, as shares of its side, lies in the picture. */
export function within({ x, y, width, angle = 0 }: TurnedBox, [across, down]: Point): Point {
  const [dx, dy] = [(across - 0.5) * width, (down - 0.5) * width];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x + width / 2 + cos * dx - sin * dy, y + width / 2 + sin * dx + cos * dy];
}
