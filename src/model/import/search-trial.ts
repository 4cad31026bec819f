/** @file Tests whether a model can be searched: one gradient with respect to the latent, as in a step of the search. */

import { LatentfillError } from '../../base/errors.ts';
import { random } from '../../base/random.ts';
import { grad } from '../../graph/grad.ts';
import { add, neg, softplus, square, sub } from '../../graph/ops/elementwise.ts';
import { mean, sum } from '../../graph/ops/reduce.ts';
import { count, input } from '../../graph/value.ts';
import type { Graph } from '../../runtime/compile.ts';
import { fittingRows } from '../../runtime/rows.ts';
import { latentParts, latentSpace } from '../card.ts';
import type { LiveModel } from '../generate.ts';
import { drawLatents } from '../latents.ts';
import type { Model } from '../model.ts';

/** Tolerance between a row of a batch and the same latent alone, for rounding, relative to the row's largest value. */
const TOLERANCE = 1e-4;

/** The outputs of the trial, [rows, ...] each; `gradient` only if it was requested. */
type Outputs = Readonly<Record<'image' | 'perceptual', Float32Array>> & { readonly gradient?: Float32Array };

/**
 * Computes the gradient of contextual plus perceptual loss for two latents, in one batch and separately. If memory is
 * too small for two gradients at once, the batch only computes images and losses.
 * @throws LatentfillError where the gradient cannot be built, is not finite or is zero, or where images of a batch mix.
 */
export async function tryModel(live: LiveModel, seed: number, signal?: AbortSignal): Promise<void> {
  const { model, programs } = live;
  const { size } = model.card.latent;
  const latents = drawLatents(latentSpace(model.card), random(seed, 'trial'), 2);
  const room = fittingRows(programs, { key: 'trial', build: (rows) => buildTrial(model, rows, true) }, 2);
  const [both] = await runTrial(live, [latents], room === 2, signal);
  checkFinite(both!);
  if (both!.gradient) checkParts(model, both!.gradient);
  const alone = await runTrial(live, [latents.slice(0, size), latents.slice(size)], true, signal);
  for (const [row, one] of alone.entries()) {
    const differs = (name: keyof Outputs) => both![name] && difference(both![name], one[name]!, row) > TOLERANCE;
    if (differs('image')) {
      throw new LatentfillError(
        'network',
        'Expected each image of a batch to depend on its own latent alone, got a generator that mixes them: export it in evaluation mode (batch norm with its running statistics).',
      );
    }
    if (differs('perceptual')) {
      throw new LatentfillError(
        'network',
        'Expected each logit of a batch to depend on its own image alone, got a discriminator that mixes them: export it in evaluation mode and without minibatch statistics, or import the generator without it.',
      );
    }
    if (differs('gradient')) {
      throw new LatentfillError(
        'network',
        "Expected each latent's gradient to be the same alone and in a batch of two, got different ones: export the networks with a batch axis of any size.",
      );
    }
    if (!both!.gradient) checkFinite(one);
  }
  if (!both!.gradient) checkParts(model, alone[0]!.gradient!);
}

/** The trial's outputs for each batch of latents; all batches have the same size. */
async function runTrial(
  { model, programs }: LiveModel,
  batches: readonly Float32Array[],
  gradient: boolean,
  signal: AbortSignal | undefined,
): Promise<Outputs[]> {
  const rows = batches[0]!.length / model.card.latent.size;
  const key = `trial ${gradient} ${rows}`;
  using lease = await programs.open(key, () => buildTrial(model, rows, gradient), signal);
  const all: Outputs[] = [];
  for (const z of batches) all.push((await lease.program.run({ z }, { signal })) as unknown as Outputs);
  return all;
}

function buildTrial(model: Model, rows: number, withGradient: boolean): Graph {
  const { range } = model.card.image;
  const z = input('z', [rows, model.card.latent.size]);
  const image = model.generator(z);
  const contextual = mean(square(sub(image, (range[0] + range[1]) / 2)), [1, 2, 3]); // smooth, so that rounding stays small
  const perceptual = model.discriminator && softplus(neg(model.discriminator(image)));
  const outputs = { image, perceptual: perceptual ?? contextual };
  if (!withGradient) return { outputs };
  const [gradient] = grad(sum(perceptual ? add(contextual, perceptual) : contextual), [z]);
  return { outputs: { ...outputs, gradient: gradient! } };
}

function checkFinite({ image, perceptual, gradient }: Outputs): void {
  const wrong = [
    ['image', image],
    ['logit', perceptual],
    ['gradient with respect to the latent', gradient ?? new Float32Array()],
  ] as const;
  for (const [what, values] of wrong) {
    if (values.every(Number.isFinite)) continue;
    throw new LatentfillError(
      'network',
      `Expected a finite ${what} in a trial of the networks, got infinite values or none: check that they work where they were trained.`,
    );
  }
}

/** @throws LatentfillError for a searched input on which the image does not depend. */
function checkParts(model: Model, gradient: Float32Array): void {
  let at = 0;
  for (const { input: name, shape } of latentParts(model.card)) {
    const own = gradient.subarray(at, at + count(shape));
    at += count(shape);
    if (own.some((g) => g !== 0)) continue;
    throw new LatentfillError(
      'network',
      `Expected the image to depend on the input '${name}', got a gradient of zero: choose another by the option 'latentInput', or hold it at 0 by the option 'inputs'.`,
    );
  }
}

/** The largest difference between a row of a batch and the same row alone, relative to the row's largest value. */
function difference(batch: Float32Array, alone: Float32Array, row: number): number {
  let [most, scale] = [0, Number.MIN_VALUE];
  for (let i = 0; i < alone.length; i++) {
    most = Math.max(most, Math.abs(batch[row * alone.length + i]! - alone[i]!));
    scale = Math.max(scale, Math.abs(alone[i]!));
  }
  return most / scale;
}
