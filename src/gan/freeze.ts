/** @file Turns a checkpoint into finished networks: the EMA's weights, with batch norm frozen and folded. */

import { random } from '../base/random.ts';
import { toFloat16 } from '../graph/float16.ts';
import { writeOnnx } from '../graph/onnx/write.ts';
import { cast } from '../graph/ops/elementwise.ts';
import { constant, input, type Shape, type Value } from '../graph/value.ts';
import { drawLatents } from '../model/latents.ts';
import { noCaptions, type TextForm, textInput } from '../model/text/input-form.ts';
import { foldBatchNorm } from '../nn/layers.ts';
import { type Ask, asConstants, type Weights } from '../nn/parameters.ts';
import { compile } from '../runtime/compile.ts';
import type { State } from '../runtime/state.ts';
import { networksOf } from './networks/networks.ts';
import type { Recipe } from './recipe.ts';

/** Batches over which a batch norm's statistics are averaged before it is frozen. */
const STATISTICS_BATCHES = 32;

/** Both networks of a checkpoint as weights of networks without batch norm. */
export interface Frozen {
  readonly generator: Weights;
  readonly discriminator: Weights;
}

/**
 * Freezes a checkpoint: the EMA of G, with its batch norms at the mean statistics of many batches (precise batch norm,
 * Wu & Johnson 2021), and D unchanged. The statistics are measured here because training has none for the EMA's
 * weights.
 */
export async function freeze(
  recipe: Recipe,
  form: TextForm | null,
  state: State,
  signal?: AbortSignal,
): Promise<Frozen> {
  const generator = await weightsOf(state, 'ema.');
  const discriminator = await weightsOf(state, 'd.', /\.(m|v|accumulated)$|^step$/);
  if (recipe.network !== 'dcgan' || recipe.norm === 'none') return { generator, discriminator };
  const statistics = await statisticsOf(recipe, form, generator, signal);
  return { generator: foldBatchNorm(generator, statistics), discriminator };
}

/**
 * The frozen networks as ONNX files with float16 weights: `latent` to `image`, and `image` to `logit`. Both also have
 * an input `text` if the model uses captions.
 */
export function writeNetworks(
  recipe: Recipe,
  form: TextForm | null,
  { generator, discriminator }: Frozen,
): Record<'generator' | 'discriminator', Uint8Array> {
  const { size, latent } = recipe;
  const networks = networksOf({ ...recipe, norm: 'none' }, form);
  const text = form ? textInput('text', form, 1) : undefined;
  const { image } = networks.generator({ ask: asHalves(generator) }, { z: input('latent', [1, latent]), text });
  const logit = networks.discriminator(asHalves(discriminator), input('image', [1, 3, size, size]))(text);
  return { generator: writeOnnx({ image }, { batch: 'N' }), discriminator: writeOnnx({ logit }, { batch: 'N' }) };
}

// Weights are stored as float16 and computed in float32: half the file size, for less than one grey level of
// difference.
function asHalves(weights: Weights): Ask {
  return (name: string, shape: Shape): Value => cast(constant(toFloat16(weights[name]!), shape), 'float32');
}

async function statisticsOf(
  recipe: Recipe,
  form: TextForm | null,
  generator: Weights,
  signal: AbortSignal | undefined,
): Promise<Weights> {
  const { batch, latent, seed } = recipe;
  const statistics: Record<string, Value> = {};
  networksOf(recipe, form).generator(
    {
      ask: asConstants(generator),
      onStatistics: (layer, mean, variance) =>
        Object.assign(statistics, { [`${layer}.mean`]: mean, [`${layer}.variance`]: variance }),
    },
    // Without captions, as a finished model is mostly used; the statistics with captions are close.
    { z: input('latent', [batch, latent]), text: form ? noCaptions(form, batch) : undefined },
  );
  await using program = await compile(statistics, { signal });
  const means: Record<string, Float32Array> = {};
  for (let i = 0; i < STATISTICS_BATCHES; i++) {
    const latent = drawLatents(recipe, random(seed, 'statistics', i), batch);
    const outputs = await program.run({ latent }, { signal });
    for (const [name, values] of Object.entries(outputs)) {
      means[name] ??= new Float32Array(values.length);
      values.forEach((x, c) => {
        means[name]![c]! += x / STATISTICS_BATCHES;
      });
    }
  }
  return means;
}

async function weightsOf(state: State, prefix: string, except = /^$/): Promise<Record<string, Float32Array>> {
  const names = state.names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const weights: Record<string, Float32Array> = {};
  for (const name of names) if (!except.test(name)) weights[name] = await state.read(prefix + name);
  return weights;
}
