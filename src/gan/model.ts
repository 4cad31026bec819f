/** @file A finished model: its card and its networks as graphs. Browser-safe; model-folder.ts reads and writes files. */

import { LatentfillError } from '../base/errors.ts';
import { readOnnx } from '../graph/onnx/read.ts';
import { sub } from '../graph/ops/elementwise.ts';
import type { Value } from '../graph/value.ts';
import { type Draft, wiringOf } from './card.ts';
import { cutLatent, fixedInputs, fromPlanes, toLogits, toPlanes } from './wiring.ts';

/** A generator and its discriminator, ready to be part of a graph. */
export interface Model {
  readonly card: Draft;
  /** Latents [N, latent] to images [N, 3, size, size] in the card's range. */
  generator(latent: Value): Value;
  /**
   * Images to calibrated logits [N]: 0 lies midway between the means on real and on generated images. A relativistic
   * discriminator only knows differences, so its logits alone say nothing; this gives log(1 − D) its meaning back.
   * Logits of a model without calibration are the network's own. null: the model has no discriminator.
   */
  readonly discriminator: ((image: Value) => Value) | null;
}

/**
 * A model from a card and the bytes of its networks; `discriminator` is null where the card names none.
 * @throws LatentfillError when they do not fit together.
 */
export function openModel(card: Draft, generator: Uint8Array, discriminator: Uint8Array | null): Model {
  const wiring = wiringOf(card, discriminator !== null);
  const { real, generated } = card.calibration ?? { real: 0, generated: 0 };
  if ((wiring.discriminator === null) !== (discriminator === null)) {
    const [expected, came] = wiring.discriminator ? ['a', 'none'] : ['no', 'one'];
    throw new LatentfillError(`Expected ${expected} discriminator, as the model's card says, got ${came}.`);
  }
  const { discriminator: critic } = wiring;
  return {
    card,
    generator: (latent) => {
      const { image, fixed } = wiring.generator;
      const inputs = { ...cutLatent(card, latent), ...fixedInputs(fixed, latent.shape[0]!) };
      return toPlanes(apply(generator, inputs, image), wiring.generator);
    },
    discriminator:
      discriminator &&
      critic &&
      ((image) => {
        const inputs = { [critic.image]: fromPlanes(image, critic), ...fixedInputs(critic.fixed, image.shape[0]!) };
        const logits = toLogits(apply(discriminator, inputs, critic.logit), image.shape[0]!);
        return real + generated === 0 ? logits : sub(logits, (real + generated) / 2);
      }),
  };
}

function apply(bytes: Uint8Array, inputs: Readonly<Record<string, Value>>, to: string): Value {
  const { outputs } = readOnnx(bytes, { inputs });
  if (outputs[to]) return outputs[to];
  throw new LatentfillError(
    `Expected a network with the output '${to}' in the model, got one with '${Object.keys(outputs).join("', '")}': copy the model again, or import it again.`,
  );
}
