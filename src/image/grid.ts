/** @file The grids of a multigrid hierarchy: systems on the pixels of a mask, each at half the size of the last. */

import type { Work } from '../base/in-turns.ts';

/**
 * A symmetric system on a grid: (A u)ₚ = diagonalₚ uₚ − Σ edge weights · u of neighbours. Cells outside the mask have
 * diagonal 0 and no edges; the outermost ring must lie outside, so that every cell of the mask has four neighbours.
 */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly diagonal: Float64Array;
  /** Weight of the edge from each cell to its right neighbour. */
  readonly right: Float64Array;
  /** Weight of the edge from each cell to the one below. */
  readonly below: Float64Array;
  /**
   * Whether each side has a wall (Neumann boundary: slope 0). On the other sides the ring is 0 (Dirichlet boundary).
   */
  readonly walls: Walls;
}

type Walls = readonly [left: boolean, right: boolean, top: boolean, bottom: boolean];

/** A grid of the hierarchy, with its vectors. */
export interface Level extends Grid {
  /** 1 / diagonal, and 0 outside, which keeps x at 0 there. */
  readonly inverse: Float64Array;
  /**
   * First column of each row's cells in the mask; `to` is the column after the last one. No other columns are visited.
   */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly x: Float64Array;
  readonly b: Float64Array;
  readonly r: Float64Array;
}

/** Cells in a piece of work, which takes about a millisecond. */
const PIECE = 1 << 17;

/** A grid of `width` × `height` cells, its ring included, that are all outside the mask. */
export function emptyGrid(width: number, height: number, walls: Walls): Grid {
  const plane = () => new Float64Array(width * height);
  return { width, height, diagonal: plane(), right: plane(), below: plane(), walls };
}

/** Calls `work` on the rows within the ring, or on those from row 1 up to `end`, a piece at a time. */
export function* rowByRow(
  { width, height }: { readonly width: number; readonly height: number },
  visit: (from: number, to: number) => void,
  end = height - 1,
): Work<void> {
  const rows = Math.max(1, Math.floor(PIECE / width));
  for (let from = 1; from < end; from += rows) {
    if (from > 1) yield;
    visit(from, Math.min(end, from + rows));
  }
}

/** A grid with its vectors, all zero. */
export function* levelOf(grid: Grid): Work<Level> {
  const { width, height, diagonal } = grid;
  const plane = () => new Float64Array(diagonal.length);
  const level = {
    ...grid,
    ...{ inverse: plane(), x: plane(), b: plane(), r: plane() },
    ...{ from: new Int32Array(height), to: new Int32Array(height) },
  };
  yield* rowByRow(grid, (from, to) => {
    for (let y = from; y < to; y++) {
      for (let x = 1; x < width - 1; x++) {
        const d = diagonal[y * width + x]!;
        // Rounding can leave a small value in place of 0: on a coarse grid, a component without known pixels is one
        // cell.
        if (!(d > 1e-9)) continue;
        level.inverse[y * width + x] = 1 / d;
        if (level.to[y] === 0) level.from[y] = x;
        level.to[y] = x + 1;
      }
    }
  });
  return level;
}

/**
 * The next coarser grid, in which 2×2 cells become one. The weights of edges between two coarse cells are added up and
 * halved, since the spacing doubles. Edges within a coarse cell vanish.
 */
export function* coarser(fine: Grid): Work<Grid> {
  const coarse = emptyGrid(coarseIndex(fine.width - 2) + 2, coarseIndex(fine.height - 2) + 2, fine.walls);
  yield* rowByRow(fine, (from, to) => join(fine, coarse, from, to));
  return coarse;
}

function join({ width, diagonal, right, below }: Grid, coarse: Grid, from: number, to: number): void {
  for (let y = from; y < to; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const cell = coarseIndex(y) * coarse.width + coarseIndex(x);
      const [across, down] = [right[i]! / 2, below[i]! / 2];
      coarse.diagonal[cell]! += diagonal[i]! / 2;
      if (x % 2 === 0) coarse.right[cell]! += across;
      else coarse.diagonal[cell]! -= 2 * across;
      if (y % 2 === 0) coarse.below[cell]! += down;
      else coarse.diagonal[cell]! -= 2 * down;
    }
  }
}

/** The coarse index of the fine index i: 1, 2 → 1; 3, 4 → 2. */
export function coarseIndex(i: number): number {
  return (i + 1) >> 1;
}
