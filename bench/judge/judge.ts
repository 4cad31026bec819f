/** @file The judge: says of a toon face what a person would, by attribute. Trained when first needed, then kept. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LatentfillError } from '../../src/base/errors.ts';
import { toonFaces } from '../../src/data/sources/toon.ts';
import { checkpointEpochs, loadCheckpoint, saveCheckpoint } from '../../src/gan/run/checkpoint.ts';
import { constant, input } from '../../src/graph/value.ts';
import type { Image } from '../../src/image/image.ts';
import type { Ask, Weights } from '../../src/nn/parameters.ts';
import { compile } from '../../src/runtime/compile.ts';
import { State } from '../../src/runtime/state.ts';
import { decode, type Face, type Head, headsOf } from './attributes.ts';
import { logitsOf, WIDTHS } from './network.ts';
import { type JudgeRecipe, trainJudge } from './train.ts';

/** A classifier of toon faces. */
export interface Judge {
  readonly heads: readonly Head[];
  /** What each image shows; images are of the judge's size, [0, 1]. */
  classify(images: readonly Image[]): Promise<Face[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Faces of the judge's own stream: no GAN is trained on them, none is held out from one. */
export const STREAM = 'judge';
const FACES = 10_000;
const RECIPE: JudgeRecipe = { batch: 64, steps: 2000, learningRate: 0.002, clean: 0.25, seed: 0 };

/** Images per run of the network. */
const BATCH = 64;

/**
 * Opens the judge of faces of `size` pixels a side that is kept in `folder`, or trains one and keeps it there; `say` is told how
 * training goes.
 */
export async function openJudge(folder: string, size: number, say: (line: string) => void = () => {}): Promise<Judge> {
  const heads = headsOf(toonFaces(STREAM, size, 1000));
  // Another recipe is another judge.
  const settings = JSON.stringify({ size, RECIPE, FACES, WIDTHS, heads });
  const kept = join(folder, createHash('sha1').update(settings).digest('hex').slice(0, 8));
  if ((await checkpointEpochs(kept)).length === 0) {
    say(`training the judge on ${FACES} faces of its own …`);
    const faces = toonFaces(STREAM, size, FACES);
    const weights = await trainJudge(faces, heads, RECIPE, (step, loss) => {
      if ((step + 1) % 250 === 0) say(`step ${step + 1} of ${RECIPE.steps}, loss ${loss.toFixed(3)}`);
    });
    await keep(kept, weights);
  }
  const { state } = await loadCheckpoint(kept, 1);
  return judgeOf(
    size,
    heads,
    Object.fromEntries(await Promise.all(state.names.map(async (n) => [n, await state.read(n)]))),
  );
}

/** A judge with these weights. */
export async function judgeOf(size: number, heads: readonly Head[], weights: Weights): Promise<Judge> {
  const ask: Ask = (name, shape) => constant(weights[name]!, shape);
  const program = await compile({ logits: logitsOf(ask, heads, input('images', [BATCH, 3, size, size])) });
  const area = 3 * size * size;

  async function classify(images: readonly Image[]): Promise<Face[]> {
    const faces: Face[] = [];
    for (let start = 0; start < images.length; start += BATCH) {
      const part = images.slice(start, start + BATCH);
      const feed = new Float32Array(BATCH * area); // the last run may be short: the rest is left out
      for (const [i, { width, height, data }] of part.entries()) {
        if (width !== size || height !== size)
          throw new LatentfillError(
            'command',
            `Expected faces of ${size}×${size} pixels to judge, got ${width}×${height}.`,
          );
        feed.set(
          data.map((v) => 2 * v - 1),
          i * area,
        );
      }
      const { logits } = await program.run({ images: feed });
      const across = logits!.length / BATCH;
      for (let i = 0; i < part.length; i++) faces.push(decode(heads, logits!.subarray(i * across, (i + 1) * across)));
    }
    return faces;
  }

  return { heads, classify, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

async function keep(folder: string, weights: Weights): Promise<void> {
  const state = new State();
  for (const [name, data] of Object.entries(weights)) state.add(name, [data.length], data);
  await saveCheckpoint(folder, { epoch: 1, state });
}
