/** @file Pieces of a hole that lie far apart: each gets a view of its own, so that none shrinks the others. */

import { type Mask, mask } from '../image/image.ts';
import { type Box, boundingBox } from '../image/mask.ts';
import { piecesOf } from '../image/pieces.ts';
import type { TurnedBox } from '../image/turned.ts';
import { type Sight, sideOf } from './view.ts';

/** A part of a hole. */
export interface Piece {
  readonly box: Box;
  /** The hole's values within the box, 0 for those of other pieces. */
  readonly mask: Mask;
  /** The only view that may show it: the square of a face. */
  readonly view?: TurnedBox | undefined;
}

/** Pieces share a view that is at most this many times as large as the larger of their own. */
const SHARED = 1.5;

/** Views of a picture at most, since each is a search of its own. */
const MOST = 8;

/** Pieces that are looked at in pairs at most. */
const PAIRED = 64;

/** A set of cells, by their labels, with the box around their missing pixels. */
interface Group {
  readonly labels: readonly number[];
  readonly box: Box;
}

/**
 * The pieces of a hole, as few as share views well. Pixels nearer than half of the model's size are of one piece.
 * @param size The model's side in pixels.
 */
export function farPieces(hole: Mask, sight: Sight, size: number): Piece[] {
  const box = boundingBox(hole)!;
  const side = (about: Box) => sideOf(about, hole, sight, size);
  const least = side({ x: box.x, y: box.y, width: 1, height: 1 });
  if (side(box) <= SHARED * least) return [{ box, mask: cut(hole, box, () => true) }];
  const cells = labelled(hole, Math.max(1, Math.floor(size / 2)));
  const groups = merged(
    cells.boxes.map((own, label) => ({ labels: [label], box: own })),
    side,
  );
  return groups.map(({ labels, box }) => {
    const own = new Set(labels);
    return { box, mask: cut(hole, box, (x, y) => own.has(cells.labelAt(x, y))) };
  });
}

/** Joins groups as long as two share a view well, or there are too many; those that cost least first. */
function merged(groups: readonly Group[], side: (about: Box) => number): Group[] {
  const left = [...groups];
  for (;;) {
    let best: { a: number; b: number; cost: number; box: Box } | undefined;
    for (let a = 0; a < left.length; a++) {
      for (let b = a + 1; b < left.length; b++) {
        const box = around(left[a]!.box, left[b]!.box);
        const cost = side(box) / Math.max(side(left[a]!.box), side(left[b]!.box));
        if (!best || cost < best.cost) best = { a, b, cost, box };
      }
    }
    if (!best || (best.cost > SHARED && left.length <= MOST)) return left;
    const [second] = left.splice(best.b, 1);
    left[best.a] = { labels: [...left[best.a]!.labels, ...second!.labels], box: best.box };
  }
}

/**
 * The hole cut into square cells; those that touch, also at corners, have one label. Cells are as small as `cell` pixels,
 * larger where there would be too many labels.
 */
function labelled(hole: Mask, cell: number): { boxes: Box[]; labelAt(x: number, y: number): number } {
  const columns = Math.ceil(hole.width / cell);
  const rows = Math.ceil(hole.height / cell);
  const at = (x: number, y: number) => Math.floor(y / cell) * columns + Math.floor(x / cell);
  const isMissing = new Uint8Array(columns * rows);
  forEachMissing(hole, (x, y) => {
    isMissing[at(x, y)] = 1;
  });
  const connected = piecesOf(columns, rows, (i) => isMissing[i] === 1);
  const count = connected.areas.length;
  if (count > PAIRED) return labelled(hole, 2 * cell);
  const labels = new Int32Array(columns * rows).fill(-1);
  connected.forEachRun((from, to, label) => labels.fill(label, from, to));
  const [left, top] = [new Int32Array(count).fill(hole.width), new Int32Array(count).fill(hole.height)];
  const [right, bottom] = [new Int32Array(count), new Int32Array(count)];
  forEachMissing(hole, (x, y) => {
    const label = labels[at(x, y)]!;
    left[label] = Math.min(left[label]!, x);
    top[label] = Math.min(top[label]!, y);
    right[label] = Math.max(right[label]!, x);
    bottom[label] = Math.max(bottom[label]!, y);
  });
  const boxes = Array.from({ length: count }, (_, i) => {
    const [x, y] = [left[i]!, top[i]!];
    return { x, y, width: right[i]! - x + 1, height: bottom[i]! - y + 1 };
  });
  return { boxes, labelAt: (x, y) => labels[at(x, y)]! };
}

function forEachMissing({ width, data }: Mask, visit: (x: number, y: number) => void): void {
  for (let i = 0; i < data.length; i++) if (data[i]! > 0) visit(i % width, Math.floor(i / width));
}

/** The smallest box around two. */
function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** What of a hole within a box is its own. */
export function cut(hole: Mask, box: Box, isOwn: (x: number, y: number) => boolean): Mask {
  const own = mask(box.width, box.height);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const m = hole.data[(box.y + y) * hole.width + box.x + x]!;
      if (m > 0 && isOwn(box.x + x, box.y + y)) own.data[y * box.width + x] = m;
    }
  }
  return own;
}
