/** @file The inputs of a phase at each step: images, latents, captions, noise, schedules. */

import { normal, random } from '../base/random.ts';
import type { Batch } from '../data/batches.ts';
import { drawLatents } from '../model/latents.ts';
import type { TextCodec } from '../model/text/input-rows.ts';
import type { Feeds } from '../runtime/compile.ts';
import { drawAugmentation } from './augment.ts';
import type { Recipe } from './recipe.ts';
import type { Scheduled } from './schedule.ts';

/** Identifies a step: together with the seed, it names the step's random streams. */
export interface StepName {
  readonly side: 'd' | 'g';
  /** Number of the batch of this side, counted over the whole run. */
  readonly step: number;
}

/** The inputs of one run of a phase. `augment` is the probability of augmentation. */
export function feedsOf(
  recipe: Recipe,
  codec: TextCodec | null,
  batch: Batch,
  { side, step }: StepName,
  { learningRate, beta2, r1, r2 }: Scheduled,
  augment: number,
): Feeds {
  const { batch: n, size, seed, captions } = recipe;
  const { policy } = recipe.augment;
  const rng = (what: string) => random(seed, what, side, step);
  const drawn = (name: string) => drawAugmentation(name, policy, { n, size, p: augment, rng: rng(name) });
  return {
    real: batch.images,
    latent: drawLatents(recipe, rng('latent'), n),
    learningRate: Float32Array.of(learningRate[side]),
    beta2: Float32Array.of(beta2[side]),
    r1Weight: Float32Array.of(r1),
    r2Weight: Float32Array.of(r2),
    ...(codec && { text: codec.rows(batch), ...(side === 'd' && mismatched(codec, batch)) }),
    ...(codec && captions.augmentation > 0 && { noise: normal(rng('noise'), n * captions.size) }),
    ...drawn('augment.real'),
    ...drawn('augment.fake'),
  };
}

/**
 * Each image with the caption of the next one in the batch; weight 1 where both have captions and these differ, else 0.
 */
function mismatched(codec: TextCodec, batch: Batch): Feeds {
  const { captions, embeddings } = batch;
  const rolled = <T>(rows: readonly T[]) => [...rows.slice(1), ...rows.slice(0, 1)];
  const others = { captions: rolled(captions), ...(embeddings && { embeddings: rolled(embeddings) }) };
  const counts = captions.map((own, i) => own !== null && others.captions[i] !== null && own !== others.captions[i]);
  return { otherText: codec.rows(others), otherWeight: Float32Array.from(counts, Number) };
}
