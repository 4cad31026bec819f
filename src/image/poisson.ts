/** @file Poisson image blending (Pérez et al. 2003): the source's gradients, the target's surroundings. */

import { LatentfillError } from '../base/errors.ts';
import { type Image, image, type Mask } from './image.ts';
import { boundingBox } from './mask.ts';
import { type Grid, multigridSolver } from './multigrid.ts';

/**
 * `target` with its hole filled by `source`, so that the fill's Laplacian is the source's and it meets the known pixels
 * (eq. 7): Δf = Δsource in the hole, f = target at its rim; at the image's border the gradient is the source's. The hole is every pixel with mask > 0, of any shape, in any number of pieces.
 * Pixels outside it are the target's own; inside, values are held within [0, 1].
 */
export function poissonBlend(target: Image, source: Image, mask: Mask): Image {
  sameSize(target, source, mask);
  const box = boundingBox(mask);
  if (!box) return target;
  const { width, height, channels } = target;
  const area = width * height;
  const hole = (x: number, y: number) => mask.data[y * width + x]! > 0;
  const grid = laplacian(box, hole, width, height);
  const solve = multigridSolver(grid);
  const data = target.data.slice();
  for (let c = 0; c < channels; c++) {
    const offset = (x: number, y: number) => {
      const i = c * area + y * width + x;
      return target.data[i]! - source.data[i]!;
    };
    // f = source + u, where u is harmonic in the hole and target − source at its rim.
    const b = new Float64Array(grid.width * grid.height);
    forEachCell(box, (x, y, cell) => {
      if (!hole(x, y)) return;
      for (const [nx, ny] of neighbours(x, y, width, height)) if (!hole(nx, ny)) b[cell]! += offset(nx, ny);
    });
    const u = solve(b);
    forEachCell(box, (x, y, cell) => {
      const i = c * area + y * width + x;
      if (hole(x, y)) data[i] = Math.min(1, Math.max(0, source.data[i]! + u[cell]!));
    });
  }
  return image(width, height, channels, data);
}

/** The hole filled with the smoothest surface through its rim (Δf = 0): Poisson blending of a flat source. */
export function harmonicFill(target: Image, mask: Mask): Image {
  return poissonBlend(target, image(target.width, target.height, target.channels), mask);
}

type Box = NonNullable<ReturnType<typeof boundingBox>>;

/** The 5-point Laplacian on the hole: each pixel has as many neighbours as the image gives it. */
function laplacian(box: Box, hole: (x: number, y: number) => boolean, width: number, height: number): Grid {
  const size = box.width * box.height;
  const [diagonal, right, below] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  forEachCell(box, (x, y, cell) => {
    if (!hole(x, y)) return;
    diagonal[cell] = neighbours(x, y, width, height).length;
    if (x + 1 < width && hole(x + 1, y)) right[cell] = 1;
    if (y + 1 < height && hole(x, y + 1)) below[cell] = 1;
  });
  return { width: box.width, height: box.height, diagonal, right, below };
}

function forEachCell(box: Box, visit: (x: number, y: number, cell: number) => void): void {
  for (let cell = 0; cell < box.width * box.height; cell++) {
    visit(box.x + (cell % box.width), box.y + Math.floor(cell / box.width), cell);
  }
}

function neighbours(x: number, y: number, width: number, height: number): [number, number][] {
  const all: [number, number][] = [];
  if (x > 0) all.push([x - 1, y]);
  if (x + 1 < width) all.push([x + 1, y]);
  if (y > 0) all.push([x, y - 1]);
  if (y + 1 < height) all.push([x, y + 1]);
  return all;
}

function sameSize(target: Image, source: Image, mask: Mask): void {
  const sizes = [target, source, mask].map(({ width, height }) => `${width}×${height}`);
  if (new Set(sizes).size > 1 || target.channels !== source.channels) {
    throw new LatentfillError(`Expected target, source and mask of one size, got ${sizes.join(', ')}.`);
  }
}
