/** @file A fast solver of Laplace's equation on the pixels of a mask: conjugate gradients with a multigrid preconditioner. */

import type { Work } from '../base/in-turns.ts';
import { coarseIndex, coarser, type Grid, type Level, levelOf, rowByRow } from './grid.ts';

const MAX_ITERATIONS = 200;

/**
 * A solver for one grid and any number of right-hand sides, one after the other: preconditioned conjugate gradients
 * (Hestenes & Stiefel 1952) until the error, in the energy norm as the preconditioner estimates it, is `tolerance` times
 * its first value. A component of the mask without known neighbours must have b = 0; its solution stays 0.
 */
export function* multigridSolver(grid: Grid): Work<(b: Float64Array, tolerance?: number) => Work<Float64Array>> {
  const levels = [yield* levelOf(grid)];
  while (levels.at(-1)!.width > 4 || levels.at(-1)!.height > 4) {
    levels.push(yield* levelOf(yield* coarser(levels.at(-1)!)));
  }
  const fine = levels[0]!;
  const { b: r, x: z, r: q } = fine; // the preconditioner maps r to z and overwrites q, which is free
  const p = new Float64Array(grid.diagonal.length);

  return function* solve(b, tolerance = 1e-8) {
    const x = new Float64Array(b.length);
    r.set(b);
    yield* cycle(levels, 0);
    p.set(z);
    let rz = yield* dot(fine, r, p);
    const limit = tolerance ** 2 * rz;
    for (let i = 0; rz > limit && i < MAX_ITERATIONS; i++) {
      yield* rowByRow(fine, (from, to) => subtractProduct(fine, p, null, q, from, to)); // −A p
      const alpha = -rz / (yield* dot(fine, p, q));
      yield* rowByRow(fine, (from, to) => {
        addScaled(fine, x, alpha, p, from, to);
        addScaled(fine, r, alpha, q, from, to);
      });
      yield* cycle(levels, 0);
      const next = yield* dot(fine, r, z);
      const momentum = next / rz;
      yield* rowByRow(fine, (from, to) => scaleAndAdd(fine, p, momentum, z, from, to));
      rz = next;
      yield;
    }
    return x;
  };
}

/**
 * One V-cycle from x = 0. Colours are relaxed in reverse order on the way up, since the preconditioner must be
 * symmetric.
 */
function* cycle(levels: readonly Level[], at: number): Work<void> {
  const level = levels[at]!;
  yield* rowByRow(level, (from, to) => relaxFirst(level, from, to), level.height);
  const coarse = levels[at + 1];
  if (coarse) {
    yield* rowByRow(level, (from, to) => subtractProduct(level, level.x, level.b, level.r, from, to));
    coarse.b.fill(0);
    yield* rowByRow(level, (from, to) => restrict(level, coarse, from, to));
    yield* cycle(levels, at + 1);
    yield* rowByRow(level, (from, to) => prolong(level, coarse, from, to));
  }
  yield* rowByRow(level, (from, to) => relax(level, 1, from, to), level.height);
}

/** A red-black Gauss–Seidel sweep. The second colour follows one row behind the first, so memory is read only once. */
function relax(level: Level, first: 0 | 1, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    relaxRow(level, row, first);
    relaxRow(level, row - 1, 1 - first);
  }
}

/** The same from x = 0, ignoring the contents of x: for the first colour all neighbours are 0. */
function relaxFirst(level: Level, from: number, to: number): void {
  const { width, inverse, x, b } = level;
  for (let row = from; row < to; row++) {
    const end = row * width + level.to[row]!;
    for (let i = firstOf(level, row, 0); i < end; i += 2) x[i] = inverse[i]! * b[i]!;
    relaxRow(level, row - 1, 1);
  }
}

function relaxRow(level: Level, row: number, colour: number): void {
  const { width, inverse, right, below, x, b } = level;
  const end = row * width + level.to[row]!;
  for (let i = firstOf(level, row, colour); i < end; i += 2) {
    if (inverse[i] === 0) continue;
    x[i] =
      inverse[i]! *
      (b[i]! +
        right[i]! * x[i + 1]! +
        right[i - 1]! * x[i - 1]! +
        below[i]! * x[i + width]! +
        below[i - width]! * x[i - width]!);
  }
}

/** The first cell of a colour in a row: row + column + colour is odd. */
function firstOf({ width, from }: Level, row: number, colour: number): number {
  return row * width + from[row]! + ((from[row]! + row + colour + 1) & 1);
}

/** out = b − A x; b null stands for zeros. */
function subtractProduct(
  level: Level,
  x: Float64Array,
  b: Float64Array | null,
  out: Float64Array,
  from: number,
  to: number,
): void {
  const { width, diagonal, right, below } = level;
  for (let row = from; row < to; row++) {
    const end = row * width + level.to[row]!;
    for (let i = row * width + level.from[row]!; i < end; i++) {
      out[i] =
        (b ? b[i]! : 0) -
        diagonal[i]! * x[i]! +
        right[i]! * x[i + 1]! +
        right[i - 1]! * x[i - 1]! +
        below[i]! * x[i + width]! +
        below[i - width]! * x[i - width]!;
    }
  }
}

/** Distributes each cell's residual to the four nearest coarse cells: the transpose of {@link prolong}. */
function restrict(level: Level, coarse: Level, from: number, to: number): void {
  const { width, inverse, r, walls } = level;
  const [left, right, top, bottom] = walls;
  const { b } = coarse;
  for (let y = from; y < to; y++) {
    const beside = coarse.width * aside(y, coarse.height, top, bottom);
    for (let x = level.from[y]!; x < level.to[y]!; x++) {
      const i = y * width + x;
      if (inverse[i] === 0) continue;
      const cell = coarseIndex(y) * coarse.width + coarseIndex(x);
      const next = cell + aside(x, coarse.width, left, right);
      const part = r[i]! / 16;
      b[cell]! += 9 * part;
      b[next]! += 3 * part;
      b[cell + beside]! += 3 * part;
      b[next + beside]! += part;
    }
  }
}

/** Adds the coarse correction, bilinearly interpolated, to the fine solution. */
function prolong(level: Level, coarse: Level, start: number, end: number): void {
  const { width, x: to, inverse, walls } = level;
  const [left, right, top, bottom] = walls;
  const { x: from } = coarse;
  for (let y = start; y < end; y++) {
    const beside = coarse.width * aside(y, coarse.height, top, bottom);
    for (let x = level.from[y]!; x < level.to[y]!; x++) {
      const i = y * width + x;
      if (inverse[i] === 0) continue;
      const cell = coarseIndex(y) * coarse.width + coarseIndex(x);
      const next = cell + aside(x, coarse.width, left, right);
      to[i]! += (9 * from[cell]! + 3 * from[next]! + 3 * from[cell + beside]! + from[next + beside]!) / 16;
    }
  }
}

/**
 * The offset of the second nearest coarse cell along an axis: −1 or 1, or 0 where that cell would lie behind a wall.
 */
function aside(i: number, coarseSize: number, wallBefore: boolean, wallAfter: boolean): number {
  if (i & 1) return wallBefore && i === 1 ? 0 : -1;
  return wallAfter && coarseIndex(i) === coarseSize - 2 ? 0 : 1;
}

/** The dot product of a and b, summed in the order of the cells, so that it does not depend on the pieces of work. */
function* dot(level: Level, a: Float64Array, b: Float64Array): Work<number> {
  let sum = 0;
  yield* rowByRow(level, (from, to) => {
    sum = addProducts(level, sum, a, b, from, to);
  });
  return sum;
}

function addProducts(level: Level, start: number, a: Float64Array, b: Float64Array, from: number, to: number): number {
  let sum = start;
  for (let row = from; row < to; row++) {
    const end = row * level.width + level.to[row]!;
    for (let i = row * level.width + level.from[row]!; i < end; i++) sum += a[i]! * b[i]!;
  }
  return sum;
}

/** a += factor b. */
function addScaled(level: Level, a: Float64Array, factor: number, b: Float64Array, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const end = row * level.width + level.to[row]!;
    for (let i = row * level.width + level.from[row]!; i < end; i++) a[i]! += factor * b[i]!;
  }
}

/** a = b + factor a. */
function scaleAndAdd(level: Level, a: Float64Array, factor: number, b: Float64Array, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const end = row * level.width + level.to[row]!;
    for (let i = row * level.width + level.from[row]!; i < end; i++) a[i] = b[i]! + factor * a[i]!;
  }
}
