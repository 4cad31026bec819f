/** @file A finished model: its card and its two networks as graphs. Browser-safe; model-folder.ts reads and writes files. */

import { z } from 'zod';
import { LatentfillError } from '../base/errors.ts';
import { sub } from '../graph/elementwise.ts';
import { readOnnx } from '../graph/onnx/read.ts';
import type { Value } from '../graph/value.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `model.json`. */
export const cardSchema = z.strictObject({
  /** Version of this format. */
  format: z.literal(1),
  name: z.string(),
  image: z.strictObject({
    /** Pixels a side. */
    size: z.int().positive(),
    channels: z.literal(3),
    /** Values of black and white in the networks. */
    range: z.tuple([z.number(), z.number()]),
  }),
  latent: z.strictObject({ size: z.int().positive(), prior: z.enum(['uniform', 'normal']) }),
  /** How captions reach the networks; null: they do not. */
  text: z.null(),
  /** The discriminator's mean logit on held-out real images and on generated ones. */
  calibration: z.strictObject({ real: z.number(), generated: z.number() }),
  training: z.strictObject({
    recipe: z.record(z.string(), z.unknown()),
    epoch: z.int().positive(),
    discriminatorSteps: z.int().positive(),
    images: z.int().positive(),
  }),
  data: z.strictObject({ name: z.string(), licence: z.string(), attribution: z.string() }),
  /** Each file's SHA-256. */
  files: z.strictObject({ 'generator.onnx': sha256, 'discriminator.onnx': sha256 }),
});

export type ModelCard = z.output<typeof cardSchema>;

/** A generator and its discriminator, ready to be part of a graph. */
export interface Model {
  readonly card: ModelCard;
  /** Latents [N, latent] to images [N, 3, size, size] in the card's range. */
  generator(latent: Value): Value;
  /**
   * Images to calibrated logits [N]: 0 lies midway between the means on real and on generated images. A relativistic
   * discriminator only knows differences, so its logits alone say nothing; this gives log(1 − D) its meaning back.
   */
  discriminator(image: Value): Value;
}

/** A model from a card and the bytes of its networks. @throws LatentfillError when they do not fit together. */
export function openModel(card: ModelCard, generator: Uint8Array, discriminator: Uint8Array): Model {
  const apply = (bytes: Uint8Array, from: string, x: Value, to: string): Value => {
    const { inputs, outputs } = readOnnx(bytes, { inputs: { [from]: x } });
    if (inputs[from] && outputs[to]) return outputs[to];
    throw new LatentfillError(
      `Expected a network from '${from}' to '${to}' in the model, got ${Object.keys(outputs)}.`,
    );
  };
  const middle = (card.calibration.real + card.calibration.generated) / 2;
  return {
    card,
    generator: (latent) => apply(generator, 'latent', latent, 'image'),
    discriminator: (image) => sub(apply(discriminator, 'image', image, 'logit'), middle),
  };
}
