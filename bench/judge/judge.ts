/** @file The judge of toon faces, as `latentfill eval --judge` takes one. Trained when first needed, then kept. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../src/base/write-whole.ts';
import { toonFaces } from '../../src/data/sources/toon.ts';
import type { JudgeCard } from '../../src/eval/measures/judge.ts';
import { writeOnnx } from '../../src/graph/onnx/write.ts';
import { constant, input } from '../../src/graph/value.ts';
import type { Ask, Weights } from '../../src/nn/parameters.ts';
import { type Head, headsOf } from './attributes.ts';
import { logitsOf, WIDTHS } from './network.ts';
import { type JudgeRecipe, trainJudge } from './train.ts';

/** Faces of the judge's own stream: no GAN is trained on them, none is held out from one. */
export const STREAM = 'judge';
const FACES = 10_000;
const RECIPE: JudgeRecipe = { batch: 64, steps: 2000, learningRate: 0.002, clean: 0.25, seed: 0 };

/**
 * The folder under `folder` with the judge of faces of `size` pixels a side; where there is none, one is trained, and `say` is
 * told how that goes.
 */
export async function toonJudge(folder: string, size: number, say: (line: string) => void = () => {}): Promise<string> {
  const heads = headsOf(toonFaces(STREAM, size, 1000));
  // Another recipe is another judge.
  const settings = JSON.stringify({ size, RECIPE, FACES, WIDTHS, heads });
  const kept = join(folder, createHash('sha1').update(settings).digest('hex').slice(0, 8));
  if (existsSync(join(kept, 'judge.json'))) return kept;
  say(`training the judge on ${FACES} faces of its own …`);
  const faces = toonFaces(STREAM, size, FACES);
  const weights = await trainJudge(faces, heads, RECIPE, (step, loss) => {
    if ((step + 1) % 250 === 0) say(`step ${step + 1} of ${RECIPE.steps}, loss ${loss.toFixed(3)}`);
  });
  await writeJudge(kept, size, heads, weights);
  return kept;
}

/** Writes a judge with these weights; judge.json comes last, so that where it is, the judge is whole. */
export async function writeJudge(
  folder: string,
  size: number,
  heads: readonly Head[],
  weights: Weights,
): Promise<void> {
  const ask: Ask = (name, shape) => constant(weights[name]!, shape);
  const logits = logitsOf(ask, heads, input('image', [1, 3, size, size]));
  await writeWhole(join(folder, 'judge.onnx'), writeOnnx({ logits }, { batch: 'N' }));
  const card: JudgeCard = { size, range: [-1, 1], heads: [...heads] };
  await writeWhole(join(folder, 'judge.json'), `${JSON.stringify(card, null, 2)}\n`);
}
