/**
 * @file A finished model: its card and its networks as graphs. Browser-safe; folder.ts reads and writes files, fetch.ts
 * fetches.
 */

import { LatentfillError } from '../base/errors.ts';
import { type OpenOnnx, openOnnx } from '../graph/onnx/read.ts';
import { sub } from '../graph/ops/elementwise.ts';
import type { Value } from '../graph/value.ts';
import { type Draft, latentParts, wiringOf } from './card.ts';
import { noCaptions } from './text/input-form.ts';
import { embeddingCodec, type TextCodec, wordCodec } from './text/input-rows.ts';
import type { Vocabulary } from './text/vocabulary.ts';
import { type Draw, type WaistSpaces, waistSpaces } from './waist.ts';
import { cutPoint, fixedInputs, fromPlanes, toLogits, toPlanes } from './wiring.ts';

/** The data that a model is opened from, with which another thread or process can open it too. */
export interface ModelSource {
  readonly card: Draft;
  readonly generator: Uint8Array;
  readonly discriminator: Uint8Array | null;
  readonly vocabulary: Vocabulary | null;
  /** waist.onnx; null or left out: the generator has no waist. */
  readonly waist?: Uint8Array | null;
}

/** A generator and its discriminator, as functions that build graphs. */
export interface Model {
  readonly card: Draft;
  /**
   * Latents [N, latent] to images [N, 3, size, size] in the card's range. `text` holds captions, encoded by the model's
   * codec; left out: no image has a caption.
   */
  generator(latent: Value, text?: Value): Value;
  /**
   * Images to calibrated logits [N]: 0 lies midway between the means on real and on generated images. The zero of a
   * relativistic discriminator is arbitrary, since it learns only differences of logits; with calibration, log(1 − D)
   * has its usual meaning. A model without calibration gives its network's own logits. null: the model has no
   * discriminator.
   */
  readonly discriminator: ((image: Value, text?: Value) => Value) | null;
  /** Left out: the generator has no waist. */
  readonly waist?: WaistSpaces | undefined;
  /** The codec of captions for both networks; null: the model uses none. */
  readonly text: TextCodec | null;
  /** Left out for a model that was not opened from files. */
  readonly source?: ModelSource;
}

/**
 * A model from a card and the bytes of its networks; `discriminator` is null where the card names none, `vocabulary` where
 * captions are not words, `waist` where the generator has none.
 * @throws LatentfillError when they do not fit together.
 */
export function openModel(
  card: Draft,
  generator: Uint8Array,
  discriminator: Uint8Array | null,
  vocabulary: Vocabulary | null = null,
  waist: Uint8Array | null = null,
): Model {
  const wiring = wiringOf(card, discriminator !== null);
  const { real, generated } = card.calibration ?? { real: 0, generated: 0 };
  if ((wiring.discriminator === null) !== (discriminator === null)) {
    const [expected, came] = wiring.discriminator ? ['a', 'none'] : ['no', 'one'];
    throw new LatentfillError('model', `Expected ${expected} discriminator, as the model's card says, got ${came}.`);
  }
  const { discriminator: critic } = wiring;
  const [artist, judge] = [decodedOnce(generator), discriminator && decodedOnce(discriminator)];
  if (!card.waist !== !waist) {
    const [expected, came] = card.waist ? ['a', 'none'] : ['no', 'one'];
    throw new LatentfillError('model', `Expected ${expected} waist.onnx, as the model's card says, got ${came}.`);
  }
  const text = codecOf(card, vocabulary);
  const captions = (rows: number, given: Value | undefined) => text && { text: given ?? noCaptions(text.form, rows) };
  /** G at its searched inputs, as images; `tensors` are used in place of those within it. */
  const draw: Draw = (searched, rows, given, tensors) => {
    const { image, fixed } = wiring.generator;
    const inputs = { ...searched, ...fixedInputs(fixed, rows), ...captions(rows, given) };
    return toPlanes(apply(artist, inputs, image, tensors), wiring.generator);
  };
  return {
    card,
    text,
    source: { card, generator, discriminator, vocabulary, waist },
    generator: (latent, given) => draw(cutPoint(latentParts(card), latent), latent.shape[0]!, given),
    waist: waist ? waistSpaces(card, decodedOnce(waist), draw) : undefined,
    discriminator:
      judge &&
      critic &&
      ((image, given) => {
        const rows = image.shape[0]!;
        const seen = { [critic.image]: fromPlanes(image, critic), ...fixedInputs(critic.fixed, rows) };
        const logits = toLogits(apply(judge, { ...seen, ...captions(rows, given) }, critic.logit), rows);
        return real + generated === 0 ? logits : sub(logits, (real + generated) / 2);
      }),
  };
}

function codecOf({ text }: Draft, vocabulary: Vocabulary | null): TextCodec | null {
  if (text?.kind === 'embedding') return embeddingCodec(text.size);
  if (!text) return null;
  if (vocabulary?.entries.length === text.entries && vocabulary.length === text.length) return wordCodec(vocabulary);
  const came = vocabulary ? `one of ${vocabulary.entries.length} entries` : 'none';
  throw new LatentfillError(
    'model',
    `Expected a vocabulary of ${text.entries} entries, as the model's card says, got ${came}: copy the whole folder again.`,
  );
}

/** A network that is decoded when it is first used. */
function decodedOnce(bytes: Uint8Array): () => OpenOnnx {
  let network: OpenOnnx | undefined;
  return () => {
    network ??= openOnnx(bytes);
    return network;
  };
}

function apply(
  network: () => OpenOnnx,
  inputs: Readonly<Record<string, Value>>,
  to: string,
  tensors: Readonly<Record<string, Value>> = {},
): Value {
  const { outputs } = network().read({ inputs, tensors });
  if (outputs[to]) return outputs[to];
  throw new LatentfillError(
    'model',
    `Expected a network with the output '${to}' in the model, got one with '${Object.keys(outputs).join("', '")}': copy the model again, or import it again.`,
  );
}
