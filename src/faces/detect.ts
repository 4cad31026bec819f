/** @file Where a square of a picture may show faces: the boxes that the detector gives, and which of them are one face's. */

/** A face that the detector saw: its box in the square that it was shown, as shares of the side, and how sure it is, 0 to 1. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  /** The longer side of the box, around (x, y). */
  readonly side: number;
  readonly score: number;
}

/** The boxes that are tried at each cell, in cells (tinyFaceDetector/const.ts of face-api). */
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;

/** Boxes from the detector's output, [anchors · 5, cells, cells], surest first (Redmon and Farhadi 2017, section 2). */
export function decoded(output: Float32Array, least: number): Seen[] {
  const area = output.length / (5 * ANCHORS.length);
  const cells = Math.sqrt(area);
  const seen: Seen[] = [];
  for (const [a, [width, height]] of ANCHORS.entries()) {
    for (let i = 0; i < area; i++) {
      const at = (k: number) => output[(5 * a + k) * area + i]!;
      const score = sigmoid(at(4));
      if (score < least) continue;
      const longer = Math.max(Math.exp(at(2)) * width, Math.exp(at(3)) * height);
      const [x, y] = [(i % cells) + sigmoid(at(0)), Math.floor(i / cells) + sigmoid(at(1))];
      seen.push({ x: x / cells, y: y / cells, side: longer / cells, score });
    }
  }
  return distinct(seen);
}

/** Those of which no surer one shows the same face, surest first. */
export function distinct<T extends Seen>(seen: readonly T[]): T[] {
  const kept: T[] = [];
  for (const one of seen.toSorted((a, b) => b.score - a.score))
    if (kept.every((other) => !isSame(one, other))) kept.push(one);
  return kept;
}

/** Whether the middle of the one lies well within the other. */
function isSame(a: Seen, b: Seen): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y) < 0.5 * Math.max(a.side, b.side);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
