import { expect, test } from 'vitest';
import { finish } from '../../src/base/in-turns.ts';
import { random } from '../../src/base/random.ts';
import { emptyGrid, type Grid } from '../../src/image/grid.ts';
import { multigridSolver } from '../../src/image/multigrid.ts';

/** The Laplacian on the cells where `inside` holds; a neighbour that is not inside is known, beyond a wall there is none. */
function laplacian(size: number, walled: boolean, inside: (x: number, y: number) => boolean): Grid {
  const width = size + 2;
  const grid = emptyGrid(width, width, [walled, walled, walled, walled]);
  const within = (x: number, y: number) => x > 0 && y > 0 && x <= size && y <= size;
  const missing = (x: number, y: number) => within(x, y) && inside(x, y);
  for (let y = 1; y <= size; y++) {
    for (let x = 1; x <= size; x++) {
      if (!inside(x, y)) continue;
      const i = y * width + x;
      for (const [nx, ny] of [
        [x - 1, y],
        [x + 1, y],
        [x, y - 1],
        [x, y + 1],
      ] as const) {
        if (!walled || within(nx, ny)) grid.diagonal[i]! += 1;
      }
      if (missing(x + 1, y)) grid.right[i] = 1;
      if (missing(x, y + 1)) grid.below[i] = 1;
    }
  }
  return grid;
}

/** The largest |b − A x|. */
function residual({ width, height, diagonal, right, below }: Grid, x: Float64Array, b: Float64Array): number {
  let worst = 0;
  for (let i = width; i < width * (height - 1); i++) {
    const sides = right[i]! * x[i + 1]! + right[i - 1]! * x[i - 1]!;
    const ends = below[i]! * x[i + width]! + below[i - width]! * x[i - width]!;
    worst = Math.max(worst, Math.abs(b[i]! - diagonal[i]! * x[i]! + sides + ends));
  }
  return worst;
}

test.each([
  ['a ragged blob', false, (x: number, y: number) => Math.hypot(x - 256, y - 256) < 200 + 40 * Math.sin(x / 9 + y / 5)],
  ['everything but one pixel, within walls', true, (x: number, y: number) => x !== 7 || y !== 3],
  ['thin diagonal strips', true, (x: number, y: number) => (x + 2 * y) % 9 < 4],
])('512×512, %s: the residual ends below 1e-6', (_name, walled, inside) => {
  const grid = laplacian(512, walled, inside);
  const rng = random('residual');
  const b = grid.diagonal.map((d) => (d > 0 && rng() < 0.05 ? rng() - 0.5 : 0));
  const x = finish(finish(multigridSolver(grid))(b));
  expect(residual(grid, x, b)).toBeLessThan(1e-6);
  expect(x.every((v, i) => grid.diagonal[i]! > 0 || v === 0)).toBe(true);
});

test('one solver answers for many right-hand sides, and linearly', () => {
  const grid = laplacian(21, true, (x, y) => (x * y) % 5 !== 0);
  const solver = finish(multigridSolver(grid));
  const solve = (b: Float64Array) => finish(solver(b));
  const rng = random('sides');
  const [a, b] = [0, 1].map(() => grid.diagonal.map((d) => (d > 0 ? rng() : 0)));
  const [xa, xb] = [solve(a!), solve(b!)];
  const sum = solve(a!.map((v, i) => v + 2 * b![i]!));
  sum.forEach((v, i) => {
    expect(v).toBeCloseTo(xa[i]! + 2 * xb[i]!, 6);
  });
  expect(solve(new Float64Array(a!.length))).toEqual(new Float64Array(a!.length));
});
