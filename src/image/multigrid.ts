/** @file A fast solver of Laplace's equation on the pixels of a mask: conjugate gradients with a multigrid preconditioner. */

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
  /** Sides (left, right, top, bottom) where the ring is a wall: no value beyond it, slope 0. Elsewhere the ring is 0. */
  readonly walls: Walls;
}

type Walls = readonly [left: boolean, right: boolean, top: boolean, bottom: boolean];

/** A grid of the hierarchy, with its vectors. */
interface Level extends Grid {
  /** 1 / diagonal, and 0 outside, which keeps x at 0 there. */
  readonly inverse: Float64Array;
  readonly x: Float64Array;
  readonly b: Float64Array;
  readonly r: Float64Array;
}

const MAX_ITERATIONS = 200;

/** A grid of `width` × `height` cells, its ring included, that are all outside the mask. */
export function emptyGrid(width: number, height: number, walls: Walls): Grid {
  const plane = () => new Float64Array(width * height);
  return { width, height, diagonal: plane(), right: plane(), below: plane(), walls };
}

/**
 * A solver for one grid and any number of right-hand sides: preconditioned conjugate gradients (Hestenes & Stiefel 1952)
 * until the error, in the energy norm as the preconditioner estimates it, is `tolerance` times its first value.
 * A part of the mask that touches nothing known must have b = 0; it stays 0.
 */
export function multigridSolver(grid: Grid): (b: Float64Array, tolerance?: number) => Float64Array {
  const levels = [levelOf(grid)];
  while (levels.at(-1)!.width > 4 || levels.at(-1)!.height > 4) levels.push(levelOf(coarser(levels.at(-1)!)));
  const fine = levels[0]!;
  const precondition = (r: Float64Array) => {
    fine.b.set(r);
    cycle(levels, 0);
    return fine.x;
  };
  const q = new Float64Array(grid.diagonal.length);
  const p = new Float64Array(grid.diagonal.length);

  return (b, tolerance = 1e-8) => {
    const x = new Float64Array(b.length);
    const r = b.slice();
    p.set(precondition(r));
    let rz = dot(r, p);
    const limit = tolerance ** 2 * rz;
    for (let i = 0; rz > limit && i < MAX_ITERATIONS; i++) {
      subtractProduct(fine, p, null, q); // −A p
      const step = -rz / dot(p, q);
      for (let k = 0; k < x.length; k++) {
        x[k]! += step * p[k]!;
        r[k]! += step * q[k]!;
      }
      const z = precondition(r);
      const next = dot(r, z);
      const momentum = next / rz;
      for (let k = 0; k < p.length; k++) p[k] = z[k]! + momentum * p[k]!;
      rz = next;
    }
    return x;
  };
}

/** One V-cycle from x = 0: the two colours are relaxed in mirrored order, as conjugate gradients need it symmetric. */
function cycle(levels: readonly Level[], at: number): void {
  const level = levels[at]!;
  level.x.fill(0);
  relax(level, 0);
  const coarse = levels[at + 1];
  if (coarse) {
    subtractProduct(level, level.x, level.b, level.r);
    restrict(level, coarse);
    cycle(levels, at + 1);
    prolong(level, coarse);
  }
  relax(level, 1);
}

function levelOf(grid: Grid): Level {
  const plane = () => new Float64Array(grid.diagonal.length);
  // Rounding can leave a little of a diagonal that is 0: a piece that touches nothing known, within one cell.
  const inverse = grid.diagonal.map((d) => (d > 1e-9 ? 1 / d : 0));
  return { ...grid, inverse, x: plane(), b: plane(), r: plane() };
}

/**
 * 2×2 cells joined: edges between cells add up, edges within vanish. At twice the spacing two edges side by side are
 * half as stiff, hence the halves.
 */
function coarser({ width, height, diagonal, right, below, walls }: Grid): Grid {
  const coarse = emptyGrid(joined(width - 2) + 2, joined(height - 2) + 2, walls);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const cell = joined(y) * coarse.width + joined(x);
      const [across, down] = [right[i]! / 2, below[i]! / 2];
      coarse.diagonal[cell]! += diagonal[i]! / 2;
      if (x % 2 === 0) coarse.right[cell]! += across;
      else coarse.diagonal[cell]! -= 2 * across;
      if (y % 2 === 0) coarse.below[cell]! += down;
      else coarse.diagonal[cell]! -= 2 * down;
    }
  }
  return coarse;
}

/** Where cell i of the fine grid lies on the coarse one: 1, 2 → 1; 3, 4 → 2. */
function joined(i: number): number {
  return (i + 1) >> 1;
}

/** A Gauss–Seidel sweep over the chessboard, one colour, then the other, a row behind: memory is passed over once. */
function relax(level: Level, first: 0 | 1): void {
  for (let row = 1; row < level.height; row++) {
    relaxRow(level, row, first);
    relaxRow(level, row - 1, 1 - first);
  }
}

function relaxRow({ width, inverse, right, below, x, b }: Level, row: number, colour: number): void {
  const end = (row + 1) * width - 1;
  for (let i = row * width + 1 + ((row + colour) & 1); i < end; i += 2) {
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

/** out = b − A x; b null stands for zeros. */
function subtractProduct(grid: Grid, x: Float64Array, b: Float64Array | null, out: Float64Array): void {
  const { width, height, diagonal, right, below } = grid;
  for (let i = width + 1; i < width * (height - 1) - 1; i++) {
    out[i] =
      (b ? b[i]! : 0) -
      diagonal[i]! * x[i]! +
      right[i]! * x[i + 1]! +
      right[i - 1]! * x[i - 1]! +
      below[i]! * x[i + width]! +
      below[i - width]! * x[i - width]!;
  }
}

/** Each cell's residual shared among the four nearest coarse cells: the transpose of {@link prolong}. */
function restrict({ width, height, inverse, r, walls }: Level, coarse: Level): void {
  const [left, right, top, bottom] = walls;
  const { b } = coarse;
  b.fill(0);
  for (let y = 1; y < height - 1; y++) {
    const beside = coarse.width * aside(y, coarse.height, top, bottom);
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      if (inverse[i] === 0) continue;
      const cell = joined(y) * coarse.width + joined(x);
      const next = cell + aside(x, coarse.width, left, right);
      const part = r[i]! / 16;
      b[cell]! += 9 * part;
      b[next]! += 3 * part;
      b[cell + beside]! += 3 * part;
      b[next + beside]! += part;
    }
  }
}

/** The coarse correction, linearly interpolated in both directions, added to the fine one. */
function prolong({ width, height, x: to, inverse, walls }: Level, coarse: Level): void {
  const [left, right, top, bottom] = walls;
  const { x: from } = coarse;
  for (let y = 1; y < height - 1; y++) {
    const beside = coarse.width * aside(y, coarse.height, top, bottom);
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      if (inverse[i] === 0) continue;
      const cell = joined(y) * coarse.width + joined(x);
      const next = cell + aside(x, coarse.width, left, right);
      to[i]! += (9 * from[cell]! + 3 * from[next]! + 3 * from[cell + beside]! + from[next + beside]!) / 16;
    }
  }
}

/** The way to the second nearest coarse cell along an axis: −1 or 1, and 0 where that would lie behind a wall. */
function aside(i: number, coarseSize: number, wallBefore: boolean, wallAfter: boolean): number {
  if (i & 1) return wallBefore && i === 1 ? 0 : -1;
  return wallAfter && joined(i) === coarseSize - 2 ? 0 : 1;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
