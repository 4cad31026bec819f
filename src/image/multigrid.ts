/** @file A fast solver of Laplace's equation on the pixels of a mask: conjugate gradients with a multigrid preconditioner. */

/**
 * A symmetric system on a grid: (A u)ₚ = diagonalₚ uₚ − Σ edge weights · u of neighbours. Cells outside the mask have
 * diagonal 0 and no edges.
 */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly diagonal: Float64Array;
  /** Weight of the edge from each cell to its right neighbour. */
  readonly right: Float64Array;
  /** Weight of the edge from each cell to the one below. */
  readonly below: Float64Array;
}

/** Joining 2×2 cells makes the coarse operator about twice too stiff in 2-D; this undoes it (Braess 1995). */
const OVERCORRECTION = 1.8;

/** A solver for one grid and any number of right-hand sides. */
export function multigridSolver(fine: Grid): (b: Float64Array, tolerance?: number) => Float64Array {
  const levels = [fine];
  while (levels.at(-1)!.width > 2 || levels.at(-1)!.height > 2) levels.push(coarser(levels.at(-1)!));
  const work = levels.map(({ diagonal }) => ({
    x: new Float64Array(diagonal.length),
    b: new Float64Array(diagonal.length),
    r: new Float64Array(diagonal.length),
  }));

  function cycle(level: number): void {
    const grid = levels[level]!;
    const { x, b, r } = work[level]!;
    x.fill(0);
    relax(grid, x, b, false);
    if (level + 1 < levels.length) {
      residual(grid, x, b, r);
      const coarse = work[level + 1]!;
      restrict(grid, levels[level + 1]!, r, coarse.b);
      cycle(level + 1);
      prolong(grid, levels[level + 1]!, coarse.x, x);
    }
    relax(grid, x, b, true); // backwards, so that the whole cycle is symmetric, as conjugate gradients need
  }

  /** Preconditioned conjugate gradients (Hestenes & Stiefel 1952) until ‖b − A x‖ ≤ tolerance · ‖b‖. */
  return (b, tolerance = 1e-9) => {
    const x = new Float64Array(b.length);
    const r = b.slice();
    const limit = tolerance * Math.sqrt(dot(b, b));
    const precondition = () => {
      work[0]!.b.set(r);
      cycle(0);
      return work[0]!.x;
    };
    if (limit === 0) return x;
    const p = precondition().slice();
    const q = new Float64Array(b.length);
    let rz = dot(r, p);
    for (let i = 0; i < 500; i++) {
      residual(fine, p, null, q); // −A p
      const step = -rz / dot(p, q);
      for (let k = 0; k < x.length; k++) {
        x[k]! += step * p[k]!;
        r[k]! += step * q[k]!;
      }
      if (Math.sqrt(dot(r, r)) <= limit) break;
      const z = precondition();
      const next = dot(r, z);
      for (let k = 0; k < p.length; k++) p[k] = z[k]! + (next / rz) * p[k]!;
      rz = next;
    }
    return x;
  };
}

function coarser({ width, height, diagonal, right, below }: Grid): Grid {
  const w = Math.ceil(width / 2);
  const h = Math.ceil(height / 2);
  const grid = {
    width: w,
    height: h,
    diagonal: new Float64Array(w * h),
    right: new Float64Array(w * h),
    below: new Float64Array(w * h),
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const cell = (y >> 1) * w + (x >> 1);
      grid.diagonal[cell]! += diagonal[i]! / OVERCORRECTION;
      // An edge within a cell vanishes from the sum, from both of its ends; one between cells joins them.
      if (x % 2 === 1) grid.right[cell]! += right[i]! / OVERCORRECTION;
      else grid.diagonal[cell]! -= (2 * right[i]!) / OVERCORRECTION;
      if (y % 2 === 1) grid.below[cell]! += below[i]! / OVERCORRECTION;
      else grid.diagonal[cell]! -= (2 * below[i]!) / OVERCORRECTION;
    }
  }
  return grid;
}

/** One Gauss–Seidel sweep. */
function relax(
  { width, height, diagonal, right, below }: Grid,
  x: Float64Array,
  b: Float64Array,
  backwards: boolean,
): void {
  const last = width * height - 1;
  for (let k = 0; k <= last; k++) {
    const i = backwards ? last - k : k;
    const d = diagonal[i]!;
    // A component that touches nothing known has a singular coarsest cell: it stays 0.
    if (d < 1e-9) continue;
    let sum = b[i]!;
    if (right[i] !== 0) sum += right[i]! * x[i + 1]!;
    if (i % width > 0) sum += right[i - 1]! * x[i - 1]!;
    if (below[i] !== 0) sum += below[i]! * x[i + width]!;
    if (i >= width) sum += below[i - width]! * x[i - width]!;
    x[i] = sum / d;
  }
}

/** out = b − A x; b null stands for zeros. */
function residual(
  { width, height, diagonal, right, below }: Grid,
  x: Float64Array,
  b: Float64Array | null,
  out: Float64Array,
): void {
  for (let i = 0; i < width * height; i++) {
    if (diagonal[i] === 0) {
      out[i] = 0;
      continue;
    }
    let sum = (b ? b[i]! : 0) - diagonal[i]! * x[i]!;
    if (right[i] !== 0) sum += right[i]! * x[i + 1]!;
    if (i % width > 0) sum += right[i - 1]! * x[i - 1]!;
    if (below[i] !== 0) sum += below[i]! * x[i + width]!;
    if (i >= width) sum += below[i - width]! * x[i - width]!;
    out[i] = sum;
  }
}

function restrict(fine: Grid, coarse: Grid, from: Float64Array, to: Float64Array): void {
  to.fill(0);
  for (let i = 0; i < from.length; i++) {
    to[(Math.floor(i / fine.width) >> 1) * coarse.width + ((i % fine.width) >> 1)]! += from[i]!;
  }
}

function prolong(fine: Grid, coarse: Grid, from: Float64Array, to: Float64Array): void {
  for (let i = 0; i < to.length; i++) {
    if (fine.diagonal[i] !== 0)
      to[i]! += from[(Math.floor(i / fine.width) >> 1) * coarse.width + ((i % fine.width) >> 1)]!;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
