/**
 * @file Augmentation of the discriminator's images, real and generated alike (DiffAugment, Zhao et al. 2020; ADA,
 * Karras et al. 2020). It is part of the graph, so it is differentiable; its random parameters are inputs.
 */

import type { Random } from '../base/random.ts';
import { add, mul, sub } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/layout.ts';
import { matmul } from '../graph/ops/linear.ts';
import { mean } from '../graph/ops/reduce.ts';
import { input, type Value } from '../graph/value.ts';
import type { Recipe } from './recipe.ts';

type Policy = Recipe['augment']['policy'];

/**
 * Images [N, 3, S, S], augmented by the inputs `<name>.…`: `colour` [N, 3, 3], a matrix that mixes the channels;
 * `contrast` [N], about each image's mean; `brightness` [N], added; `rows` and `columns` [N, S, S], matrices that move
 * rows and columns; `kept` [N, 1, S, S], 0 in the part that is cut out and 1 elsewhere.
 */
export function augmented(images: Value, name: string, policy: Policy): Value {
  const [n, , size] = images.shape as [number, number, number];
  let x = images;
  if (policy.includes('colour')) {
    const each = (part: string) => reshape(input(`${name}.${part}`, [n]), [n, 1, 1, 1]);
    const recoloured = matmul(input(`${name}.colour`, [n, 3, 3]), reshape(x, [n, 3, size * size]));
    x = add(reshape(recoloured, x.shape), each('brightness'));
    const centre = mean(x, [1, 2, 3], { keep: true });
    x = add(mul(sub(x, centre), each('contrast')), centre);
  }
  if (policy.includes('translation')) {
    const matrix = (part: string) => reshape(input(`${name}.${part}`, [n, size, size]), [n, 1, size, size]);
    x = matmul(matmul(matrix('rows'), x), matrix('columns'));
  }
  return policy.includes('cutout') ? mul(x, input(`${name}.kept`, [n, 1, size, size])) : x;
}

/**
 * The inputs of {@link augmented} for `n` images; each kind of augmentation is applied to an image with probability
 * `p`. The ranges are DiffAugment's: brightness ±0.5 (of a range of 2), saturation × 0 to 2, contrast × 0.5 to 1.5,
 * translation by up to 1/8 of the side with black padding, and a cutout of half the side.
 */
export function drawAugmentation(
  name: string,
  policy: Policy,
  { n, size, p, rng }: { n: number; size: number; p: number; rng: Random },
): Record<string, Float32Array> {
  const feeds: Record<string, Float32Array> = {};
  const feed = (part: string, length: number) => {
    const data = new Float32Array(n * length);
    feeds[`${name}.${part}`] = data;
    return (i: number) => data.subarray(i * length, (i + 1) * length);
  };
  const between = (low: number, high: number) => low + (high - low) * rng();
  const whole = (low: number, high: number) => low + Math.floor((high - low + 1) * rng());

  if (policy.includes('colour')) {
    const [colour, contrast, brightness] = [feed('colour', 9), feed('contrast', 1), feed('brightness', 1)];
    for (let i = 0; i < n; i++) {
      const on = rng() < p;
      const [shift, saturation, factor] = [between(-0.5, 0.5), between(0, 2), between(0.5, 1.5)];
      brightness(i)[0] = on ? shift : 0;
      contrast(i)[0] = on ? factor : 1;
      colour(i).set(saturate(on ? saturation : 1));
    }
  }
  if (policy.includes('translation')) {
    const [rows, columns] = [feed('rows', size * size), feed('columns', size * size)];
    const far = Math.floor(size / 8);
    for (let i = 0; i < n; i++) {
      const on = rng() < p;
      const [down, right] = [whole(-far, far), whole(-far, far)];
      move(rows(i), size, on ? -down : 0);
      move(columns(i), size, on ? right : 0);
    }
  }
  if (policy.includes('cutout')) {
    const kept = feed('kept', size * size);
    const half = Math.floor(size / 4);
    for (let i = 0; i < n; i++) {
      const on = rng() < p;
      const [cx, cy] = [whole(0, size), whole(0, size)];
      const inside = (at: number) =>
        on && Math.abs((at % size) + 0.5 - cx) < half && Math.abs(Math.floor(at / size) + 0.5 - cy) < half;
      kept(i).forEach((_, at, mask) => {
        mask[at] = inside(at) ? 0 : 1;
      });
    }
  }
  return feeds;
}

/** The matrix that scales each channel's difference from the channels' mean by `factor`. */
function saturate(factor: number): number[] {
  return Array.from({ length: 9 }, (_, i) => (1 - factor) / 3 + (i % 4 === 0 ? factor : 0));
}

/** The identity with its ones moved `by` columns to the right. */
function move(matrix: Float32Array, size: number, by: number): void {
  for (let row = 0; row < size; row++) {
    const column = row + by;
    if (column >= 0 && column < size) matrix[row * size + column] = 1;
  }
}
