/** @file The generator of a checkpoint, opened once for all that is drawn from it. Node only. */

import { random } from '../base/random.ts';
import { openCheckpoint } from '../gan/open-checkpoint.ts';
import type { Recipe } from '../gan/recipe.ts';
import type { Image } from '../image/image.ts';
import { captionRows, drawImages } from '../model/generate.ts';
import { drawLatents } from '../model/latents.ts';
import type { Captioned } from '../model/text/input-rows.ts';
import type { Wanted } from '../runtime/devices.ts';
import { openPrograms } from '../runtime/programs.ts';

/** The device that draws, and cancellation. */
export interface PaintOptions {
  /** @default 'cpu' */
  readonly device?: Wanted | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Draws with a checkpoint's running average. Dispose of it to free what ONNX Runtime holds. */
export interface Painter extends AsyncDisposable {
  readonly recipe: Recipe;
  /** Cycles done at the checkpoint. */
  readonly cycle: number;
  /** Whether captions reach the generator. */
  readonly reads: boolean;
  /** Images at `latents` [rows, latent], with captions if given. */
  draw(latents: Float32Array, captioned?: Captioned): Promise<Image[]>;
}

/** Opens a checkpoint of a run. @throws LatentfillError when there is none. */
export async function openPainter(run: string, epoch: number, { device, signal }: PaintOptions = {}): Promise<Painter> {
  const { recipe, model, state } = await openCheckpoint(run, epoch, signal);
  const programs = openPrograms({ device });
  return {
    recipe,
    cycle: Math.floor((await state.read('d.step'))[0]! / recipe.discriminatorSteps),
    reads: model.text !== null,
    draw(latents, captioned) {
      const text = captionRows(model, latents.length / recipe.latent, captioned);
      return drawImages({ model, programs }, latents, text, { signal });
    },
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}

/**
 * Paths in latent space, [count · steps, latent], each from one random latent to another. They are spherical for a
 * normal prior, so that latents in between have a typical length, and straight for a uniform one.
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
