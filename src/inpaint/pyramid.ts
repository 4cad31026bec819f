/** @file The sizes at which the known pixels are compared: a pyramid of means (Burt and Adelson 1983). */

import { earlyMeans } from '../graph/cell-means.ts';
import { abs, add, div, max, mul, square, sub } from '../graph/ops/elementwise.ts';
import { meanOfCells } from '../graph/ops/pooling.ts';
import { sum } from '../graph/ops/reduce.ts';
import type { Value } from '../graph/value.ts';
import type { ModelCard } from '../model/card.ts';
import { contextualLoss } from './objective.ts';
import type { SearchOptions } from './search-options.ts';

/** From one level of the pyramid to the next, a side shrinks by this. */
const STEP = 4;

/** The side of the finest level: the largest whole part of the model's that is at most `finest`. */
export function comparedSide(
  { image: { size } }: Pick<ModelCard, 'image'>,
  { finest }: Pick<SearchOptions, 'finest'>,
): number {
  if (finest === 0 || size <= finest) return size;
  for (let parts = Math.ceil(size / finest); parts < size; parts++) if (size % parts === 0) return size / parts;
  return 1;
}

/** Images [N, C, H, H] at a side that divides theirs, by means. */
export function shrunk(images: Value, side: number): Value {
  const factor = images.shape[3]! / side;
  return factor === 1 ? images : earlyMeans(images, factor);
}

/**
 * The mean over the levels of L_contextual of each image, [N]. A coarser level compares the means of the known pixels of its
 * cells, weighted by what is known of them, so that nothing of the hole is compared at any level.
 */
export function pyramidLoss(
  generated: Value,
  target: Value,
  weights: Value,
  { norm, coarsest }: Pick<SearchOptions, 'norm' | 'coarsest'>,
): Value {
  const levels = [contextualLoss(generated, target, weights, norm)];
  const difference = mul(sub(generated, target), weights);
  for (let cell = STEP; isLevel(generated.shape[3]!, cell, coarsest); cell *= STEP) {
    const [sums, known] = [meanOfCells(difference, cell), meanOfCells(weights, cell)]; // Σ W d and Σ W of each cell, over its area
    const own = norm === 'l1' ? abs(sums) : div(square(sums), max(known, 1e-12));
    levels.push(mul(sum(own, [1, 2, 3]), cell ** 2));
  }
  return div(levels.reduce(add), levels.length);
}

function isLevel(side: number, cell: number, coarsest: number): boolean {
  return coarsest > 0 && side % cell === 0 && side / cell >= coarsest;
}
