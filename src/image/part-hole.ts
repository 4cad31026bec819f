/** @file Parts a hole by a turned square. */

import { type Mask, mask } from './image.ts';
import { piecesOf } from './pieces.ts';
import { isWithin, type TurnedBox } from './turned.ts';

/** A hole in two parts, each undefined where it has no pixels. */
export interface PartedHole {
  /** Its pieces that lie mostly in the square. */
  readonly inside: Mask | undefined;
  /** The others. */
  readonly outside: Mask | undefined;
  /** The pixels of the whole hole that lie in the square. */
  readonly pixels: number;
}

/** The pieces of a hole, those that lie mostly in a square and the others. */
export function partHole({ width, height, data }: Mask, square: TurnedBox): PartedHole {
  const pieces = piecesOf(width, height, (i) => data[i]! > 0);
  const within = pieces.areas.map(() => 0);
  pieces.forEachRun((from, to, piece) => {
    const y = Math.floor(from / width) + 0.5;
    for (let i = from; i < to; i++) if (isWithin(square, (i % width) + 0.5, y)) within[piece]!++;
  });
  const isInside = pieces.areas.map((area, piece) => 2 * within[piece]! >= area);
  const part = (wanted: boolean): Mask | undefined => {
    if (!isInside.includes(wanted)) return undefined;
    const own = mask(width, height);
    pieces.forEachRun((from, to, piece) => {
      if (isInside[piece] === wanted) own.data.set(data.subarray(from, to), from);
    });
    return own;
  };
  return { inside: part(true), outside: part(false), pixels: within.reduce((sum, count) => sum + count, 0) };
}
