/** @file The losses of the two networks. Logits and losses are [N], one for each image. */

import { grad } from '../graph/grad.ts';
import { add, mul, neg, softplus, square, sub } from '../graph/ops/elementwise.ts';
import { sum } from '../graph/ops/reduce.ts';
import type { Value } from '../graph/value.ts';

/** A pair of losses, from the discriminator's logits on real and on generated images. */
interface Losses {
  readonly discriminator: (real: Value, fake: Value) => Value;
  readonly generator: (real: Value, fake: Value) => Value;
}

export const losses = {
  /** Goodfellow et al. 2014, section 3, in the non-saturating form: −log D(x) − log(1 − D(G(z))), and −log D(G(z)). */
  nonSaturating: {
    discriminator: (real, fake) => add(softplus(neg(real)), softplus(fake)),
    generator: (_real, fake) => softplus(neg(fake)),
  },
  /** LSGAN (Mao et al. 2017), eq. 9: the targets are 1 for real images and 0 for generated ones. */
  leastSquares: {
    discriminator: (real, fake) => mul(0.5, add(square(sub(real, 1)), square(fake))),
    generator: (_real, fake) => mul(0.5, square(sub(fake, 1))),
  },
  /**
   * RpGAN (Jolicoeur-Martineau 2019; R3GAN, Huang et al. 2024, eq. 2): each real image is paired with a generated one.
   */
  relativistic: {
    discriminator: (real, fake) => softplus(sub(fake, real)),
    generator: (real, fake) => softplus(sub(real, fake)),
  },
} as const satisfies Readonly<Record<string, Losses>>;

/**
 * The zero-centred gradient penalty ‖∂D/∂x‖² / 2 of each image, [N] (Mescheder et al. 2018, eq. 9): R1 where x is real,
 * R2 where it is generated. Each logit must depend on its own image alone: then the gradient of the logits' sum holds
 * the gradient of every image.
 */
export function gradientPenalty(logits: Value, x: Value): Value {
  const [dx] = grad(sum(logits), [x]);
  return mul(0.5, sum(square(dx!), [1, 2, 3]));
}
