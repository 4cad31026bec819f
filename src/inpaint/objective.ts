/** @file The objective of the search: L(z) = L_contextual(z) + λ · L_perceptual(z) (Yeh et al. 2017, eq. 5). */

import { abs, add, mul, neg, softplus, square, sub } from '../graph/ops/elementwise.ts';
import { reshape, slice, split } from '../graph/ops/layout.ts';
import { mean, sum } from '../graph/ops/reduce.ts';
import type { Value } from '../graph/value.ts';
import { type LatentSpace, partsOf } from '../model/latents.ts';
import type { Space } from '../model/spaces.ts';
import type { SearchOptions } from './search-options.ts';

/**
 * L_contextual of each image, [N]: Σ W · |G(z) − y|ᵖ (eq. 3) with images [N, 3, H, W] and weights [N, 1, H, W].
 * For the mean, give weights that sum to 1 over pixels and channels: then λ means the same for any hole and size.
 */
export function contextualLoss(generated: Value, target: Value, weights: Value, norm: SearchOptions['norm']): Value {
  const difference = sub(generated, target);
  return sum(mul(norm === 'l1' ? abs(difference) : square(difference), weights), [1, 2, 3]);
}

/**
 * The distance of the copies of the waist from their mean, [N]: the mean square over all numbers of points [N, …] that
 * begin with `copies` copies of `size` numbers.
 */
export function spreadTerm(point: Value, { count: copies, size }: NonNullable<Space['copies']>): Value {
  const [rows] = point.shape as [number];
  const own = reshape(slice(point, [0, 0], [rows, copies * size]), [rows, copies, size]);
  return mean(square(sub(own, mean(own, [1], { keep: true }))), [1, 2]);
}

/** L_perceptual of each logit of D, [N]: log(1 − D) (eq. 4) or −log D, from logits so that it is never log(0). */
export function perceptualLoss(logits: Value, form: SearchOptions['perceptual']): Value {
  return form === 'saturating' ? neg(softplus(logits)) : softplus(neg(logits));
}

/**
 * The prior term of each latent, [N]: −log p(z) / L without its constant, that is Σ zᵢ² / 2L over the numbers with a
 * normal prior. A uniform prior is constant within its bounds and adds nothing. It replaces the perceptual loss for a
 * model without a discriminator (Bora et al. 2017).
 */
export function priorTerm(z: Value, space: LatentSpace): Value {
  const { latent } = space;
  const parts = partsOf(space);
  const sizes = parts.map(({ size }) => size);
  const terms = split(z, sizes, 1).map((own, i) =>
    sum(mul(square(own), parts[i]!.prior === 'normal' ? 0.5 / latent : 0), [1]),
  );
  return terms.reduce((total, term) => add(total, term));
}

/** {@link contextualLoss} of one image [3, H, W] as a number, without a graph: for screening. */
export function contextualDistance(
  generated: Float32Array,
  target: Float32Array,
  weights: Float32Array,
  norm: SearchOptions['norm'],
): number {
  const area = weights.length;
  let total = 0;
  for (let p = 0; p < area; p++) {
    if (weights[p] === 0) continue;
    for (let i = p; i < target.length; i += area) {
      const d = generated[i]! - target[i]!;
      total += weights[p]! * (norm === 'l1' ? Math.abs(d) : d * d);
    }
  }
  return total;
}
