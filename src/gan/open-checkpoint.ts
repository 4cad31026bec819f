/** @file Opens a checkpoint of a run as a model, and draws samples with it. Node only. */

import type { Image } from '../image/image.ts';
import { type Draft, latentSpace } from '../model/card.ts';
import { captionRows, drawImages, type LiveModel } from '../model/generate.ts';
import { sampleLatents } from '../model/latents.ts';
import { openModel } from '../model/model.ts';
import { openPrograms } from '../runtime/programs.ts';
import { freeze, writeNetworks } from './freeze.ts';
import { runText } from './run/captions.ts';
import { loadCheckpoint } from './run/checkpoint.ts';
import { readRecipe } from './run/folder.ts';

/**
 * `count` images from a run's checkpoint; the latents depend on the seed alone, not on the checkpoint. The first images
 * get the `captions`, one each.
 */
export async function sampleCheckpoint(
  run: string,
  epoch: number,
  count: number,
  seed: number,
  captions?: readonly (string | null)[],
  signal?: AbortSignal,
): Promise<Image[]> {
  const { model } = await openCheckpoint(run, epoch, signal);
  await using programs = openPrograms();
  return await drawSamples({ model, programs }, count, { seed, captions: model.text ? captions : undefined, signal });
}

/**
 * A frozen checkpoint of a run: its recipe, its networks, and an uncalibrated model of them.
 * @throws LatentfillError when there is none.
 */
export async function openCheckpoint(run: string, epoch: number, signal?: AbortSignal) {
  const recipe = await readRecipe(run);
  const { state } = await loadCheckpoint(run, epoch);
  const { codec, vocabulary } = await runText(run, recipe, state);
  const form = codec?.form ?? null;
  const networks = writeNetworks(recipe, form, await freeze(recipe, form, state, signal));
  const card: Draft = {
    format: 1,
    name: run,
    image: { size: recipe.size, channels: 3, range: [-1, 1] },
    latent: { size: recipe.latent, prior: recipe.prior },
    text: form,
    calibration: null,
    training: null,
    data: null,
  };
  return {
    recipe,
    model: openModel(card, networks.generator, networks.discriminator, vocabulary),
    networks,
    vocabulary,
    state,
  };
}

/** `count` samples of a seed; the first ones get the `captions`, one each. */
export async function drawSamples(
  live: LiveModel,
  count: number,
  {
    seed = 0,
    captions,
    signal,
  }: { seed?: number; captions?: readonly (string | null)[] | undefined; signal?: AbortSignal | undefined },
): Promise<Image[]> {
  const { card } = live.model;
  const captioned = captions && { captions: Array.from({ length: count }, (_, i) => captions[i] ?? null) };
  const latents = sampleLatents(latentSpace(card), count, seed);
  return drawImages(live, latents, captionRows(live.model, count, captioned), { signal });
}
