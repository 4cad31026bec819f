/** @file Poisson image blending (Pérez et al. 2003): the source's gradients, with the target as boundary condition. */

import { LatentfillError } from '../base/errors.ts';
import { finish, finishInTurns, type Work } from '../base/in-turns.ts';
import { emptyGrid, type Grid, rowByRow } from './grid.ts';
import { checkImage, type Image, image, type Mask } from './image.ts';
import { type Box, boundingBox, checkMaskValues } from './mask.ts';
import { multigridSolver } from './multigrid.ts';

/**
 * `target` with its hole filled by f, which has the source's Laplacian and meets the known pixels (eq. 2 and 7):
 * Δf = Δsource in the hole, f = target at its rim; at the image's own border, the source's slope. The hole is every pixel
 * with mask > 0, of any shape and in any number of pieces; where a soft edge should mix, the caller mixes by the mask.
 * Pixels outside the hole are the target's own; inside, values are clipped to [0, 1]. Without known pixels, f = source.
 * @throws LatentfillError for invalid images or an invalid mask, and when the three differ in size.
 */
export function poissonBlend(target: Image, source: Image, mask: Mask): Image {
  return finish(blending(target, source, mask));
}

/**
 * {@link poissonBlend} with the same result, bit for bit, but with turns of the event loop in between: for pages and
 * servers, which a large hole would block. The arguments must not change before the promise settles.
 * @throws LatentfillError as {@link poissonBlend} does, and the signal's reason soon after it is aborted.
 */
export function poissonBlendInTurns(
  target: Image,
  source: Image,
  mask: Mask,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Image> {
  return finishInTurns(blending(target, source, mask), signal);
}

function* blending(target: Image, source: Image, mask: Mask): Work<Image> {
  yield* checkAll(target, source, mask);
  const box = boundingBox(mask);
  if (!box) return target;
  yield;
  const { width, height, channels } = target;
  const laplacian = yield* laplacianOn(box, mask);
  const solve = yield* multigridSolver(laplacian);
  yield;
  const data = target.data.slice();
  yield;
  for (let c = 0; c < channels; c++) {
    const plane = c * width * height;
    const offset = (pixel: number) => target.data[plane + pixel]! - source.data[plane + pixel]!;
    // f = source + u, where Δu = 0 in the hole and u = target − source at its rim (section 3, eq. 5).
    const u = yield* solve(yield* rimValues(box, mask, laplacian, offset));
    yield* forEachMissing(box, mask, (pixel, cell) => {
      data[plane + pixel] = Math.min(1, Math.max(0, source.data[plane + pixel]! + u[cell]!));
    });
  }
  return image(width, height, channels, data);
}

/**
 * The hole filled with the smoothest surface through its rim (Δf = 0): Poisson blending of a flat source.
 * @throws LatentfillError for an invalid image or mask, and when they differ in size.
 */
export function harmonicFill(target: Image, mask: Mask): Image {
  checkImage(target, 'the target');
  return poissonBlend(target, image(target.width, target.height, target.channels), mask);
}

/** |Nₚ| uₚ − Σ u_q over neighbours q in the hole (eq. 7, left), on the box and a ring of one cell around it. */
function* laplacianOn(box: Box, mask: Mask): Work<Grid> {
  const { width, height, data } = mask;
  const walls = [box.x === 0, box.x + box.width === width, box.y === 0, box.y + box.height === height] as const;
  const grid = emptyGrid(box.width + 2, box.height + 2, walls);
  yield* forEachMissing(box, mask, (pixel, cell, x, y) => {
    grid.diagonal[cell] = Number(x > 0) + Number(x + 1 < width) + Number(y > 0) + Number(y + 1 < height);
    if (x + 1 < width && data[pixel + 1]! > 0) grid.right[cell] = 1;
    if (y + 1 < height && data[pixel + width]! > 0) grid.below[cell] = 1;
  });
  return grid;
}

/** Σ u_q over known neighbours q (eq. 7, right). */
function* rimValues(box: Box, mask: Mask, grid: Grid, value: (pixel: number) => number): Work<Float64Array> {
  const { width, height, data } = mask;
  const sums = new Float64Array(grid.diagonal.length);
  yield* forEachMissing(box, mask, (pixel, cell, x, y) => {
    if (x > 0 && !(data[pixel - 1]! > 0)) sums[cell]! += value(pixel - 1);
    if (x + 1 < width && !(data[pixel + 1]! > 0)) sums[cell]! += value(pixel + 1);
    if (y > 0 && !(data[pixel - width]! > 0)) sums[cell]! += value(pixel - width);
    if (y + 1 < height && !(data[pixel + width]! > 0)) sums[cell]! += value(pixel + width);
  });
  return sums;
}

function* forEachMissing(
  box: Box,
  { width, data }: Mask,
  visit: (pixel: number, cell: number, x: number, y: number) => void,
): Work<void> {
  const ringed = { width: box.width + 2, height: box.height + 2 };
  yield* rowByRow(ringed, (from, to) => {
    for (let row = from; row < to; row++) {
      const y = box.y + row - 1;
      for (let x = box.x; x < box.x + box.width; x++) {
        const pixel = y * width + x;
        if (data[pixel]! > 0) visit(pixel, row * ringed.width + x - box.x + 1, x, y);
      }
    }
  });
}

function* checkAll(target: Image, source: Image, mask: Mask): Work<void> {
  checkImage(target, 'the target');
  yield;
  checkImage(source, 'the source');
  yield;
  checkMaskValues(mask);
  yield;
  const sizes = [target, source, mask].map(({ width, height }) => `${width}×${height}`);
  if (new Set(sizes).size > 1 || target.channels !== source.channels) {
    throw new LatentfillError(
      'image',
      `Expected target, source and mask of one size to blend, got ${sizes.join(', ')} with ${target.channels} and ${source.channels} channels: resize or crop them first.`,
    );
  }
}
