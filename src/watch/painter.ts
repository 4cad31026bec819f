/** @file The generator of a checkpoint, opened once for all that is drawn from it. Node only. */

import { random } from '../base/random.ts';
import { frozenCheckpoint } from '../gan/export.ts';
import { generate } from '../gan/generate.ts';
import { drawLatents } from '../gan/latents.ts';
import type { Recipe } from '../gan/recipe.ts';
import { readRecipe } from '../gan/run.ts';
import type { Captioned } from '../gan/text/codec.ts';
import { readOnnx } from '../graph/onnx/read.ts';
import type { Value } from '../graph/value.ts';
import type { Image } from '../image/image.ts';
import type { Wanted } from '../runtime/devices.ts';

/** Draws with a checkpoint's running average. */
export interface Painter {
  readonly recipe: Recipe;
  /** Cycles done at the checkpoint. */
  readonly cycle: number;
  /** Whether captions reach the generator. */
  readonly reads: boolean;
  /** Images at `latents` [rows, latent], beside their captions if given. */
  draw(latents: Float32Array, captioned?: Captioned): Promise<Image[]>;
}

/** Opens a checkpoint of a run. @throws LatentfillError when there is none. */
export async function openPainter(run: string, epoch: number, device?: Wanted): Promise<Painter> {
  const recipe = await readRecipe(run);
  const { networks, codec, state } = await frozenCheckpoint(run, epoch);
  const generator = (latent: Value, text?: Value) =>
    readOnnx(networks.generator, { inputs: { latent, ...(text && { text }) } }).outputs.image!;
  return {
    recipe,
    cycle: Math.floor((await state.read('d.step'))[0]! / recipe.discriminatorSteps),
    reads: codec !== null,
    draw(latents, captioned) {
      const count = latents.length / recipe.latent;
      const rows = codec?.rows(captioned ?? { captions: new Array<null>(count).fill(null) });
      const text = codec && rows ? { form: codec.form, rows } : undefined;
      return generate(generator, latents, recipe.latent, { text, device });
    },
  };
}

/** The latents of every checkpoint's samples, [count, latent]: those of `latentfill sample`. */
export function sampleLatents(recipe: Recipe, count: number): Float32Array {
  return drawLatents(recipe, random(0, 'samples'), count);
}

/**
 * Ways through the latent space, [ways · steps, latent]: from one random latent to another, on the sphere where the prior is
 * normal (so that what lies between has a length that the generator knows), straight where it is uniform.
 */
export function ways(recipe: Recipe, count: number, steps: number): Float32Array {
  const { latent, prior } = recipe;
  const ends = drawLatents(recipe, random(0, 'interpolations'), 2 * count);
  const all = new Float32Array(count * steps * latent);
  for (let way = 0; way < count; way++) {
    const [a, b] = [0, 1].map((end) => ends.subarray((2 * way + end) * latent, (2 * way + end + 1) * latent));
    const angle = prior === 'normal' ? Math.acos(cosine(a!, b!)) : 0;
    for (let step = 0; step < steps; step++) {
      const t = step / (steps - 1);
      const weights =
        angle > 1e-3 ? [Math.sin((1 - t) * angle), Math.sin(t * angle)].map((w) => w / Math.sin(angle)) : [1 - t, t];
      const mixed = a!.map((v, i) => weights[0]! * v + weights[1]! * b![i]!);
      all.set(mixed, (way * steps + step) * latent);
    }
  }
  return all;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return Math.min(1, Math.max(-1, ab / Math.sqrt(aa * bb)));
}
