/** @file Training the judge: cross-entropy, Adam, every picture degraded anew each time. */

import { random } from '../../src/base/random.ts';
import { type Batch, batchLoader } from '../../src/data/batches.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { grad } from '../../src/graph/grad.ts';
import { add } from '../../src/graph/ops/elementwise.ts';
import { input } from '../../src/graph/value.ts';
import { image } from '../../src/image/image.ts';
import { adam, adamState } from '../../src/nn/optimisers.ts';
import { asInputs, initialise, type Weights } from '../../src/nn/parameters.ts';
import { compile } from '../../src/runtime/compile.ts';
import { State } from '../../src/runtime/state.ts';
import { faceOf, type Head, oneHot, width } from './attributes.ts';
import { degrade } from './degrade.ts';
import { crossEntropy, logitsOf } from './network.ts';

/** Settings of {@link trainJudge}. */
export interface JudgeRecipe {
  readonly batch: number;
  readonly steps: number;
  /** At the start; it falls to 0 by a half cosine. */
  readonly learningRate: number;
  /** The share of pictures that are shown as they are. */
  readonly clean: number;
  readonly seed: number;
}

const BETAS = { beta1: 0.9, beta2: 0.99 };

/** Trains on `faces` and returns the weights by name; told of each step's loss. */
export async function trainJudge(
  faces: Dataset,
  heads: readonly Head[],
  recipe: JudgeRecipe,
  onStep: (step: number, loss: number) => void = () => {},
): Promise<Weights> {
  const { batch, steps, learningRate, seed } = recipe;
  const labels = Array.from({ length: faces.length }, (_, i) => oneHot(heads, faceOf(faces, i)));
  await using loader = await batchLoader(faces, { batch, seed });
  const { program, state, names } = await trainingStep(heads, recipe, faces.size);
  try {
    for (let step = 0; step < steps; step++) {
      const seen = await loader.load(step);
      const feeds = {
        images: seenAnew(seen, recipe, step, faces.size),
        labels: Float32Array.from([...seen.indices].flatMap((i) => [...labels[i]!])),
        learningRate: Float32Array.of((learningRate / 2) * (1 + Math.cos((Math.PI * step) / steps))),
      };
      onStep(step, (await program.run(feeds)).loss![0]!);
    }
    const weights: Record<string, Float32Array> = {};
    for (const name of names) weights[name] = (await state.read(name)).slice();
    return weights;
  } finally {
    await program[Symbol.asyncDispose]();
  }
}

async function trainingStep(heads: readonly Head[], { batch, seed }: JudgeRecipe, size: number) {
  const { ask, parameters, values } = asInputs('');
  const logits = logitsOf(ask, heads, input('images', [batch, 3, size, size]));
  const loss = crossEntropy(heads, logits, input('labels', [batch, width(heads)]));
  const gradients = grad(loss, [...values.values()]);
  const moved = [...values].map(([name, value], i) => ({ name, value, gradient: gradients[i]! }));
  const t = add(input('step', []), 1);
  const updates = { ...adam(moved, t, { learningRate: input('learningRate', []), ...BETAS }), step: t };

  const state = new State().add('step', []);
  const first = initialise(parameters, seed);
  for (const { name, shape } of parameters) {
    state.add(name, shape, first[name]);
    for (const [moment, of] of Object.entries(adamState(name, shape, BETAS))) state.add(moment, of);
  }
  const program = await compile({ loss }, { state, updates });
  return { program, state, names: parameters.map(({ name }) => name) };
}

/** A batch's images, [batch, 3, size, size] in [−1, 1], most of them degraded. */
function seenAnew({ images }: Batch, { clean, seed }: JudgeRecipe, step: number, size: number): Float32Array {
  const rng = random(seed, 'degrade', step);
  const out = images.slice();
  const pixels = 3 * size * size;
  for (let at = 0; at < images.length; at += pixels) {
    if (rng() < clean) continue;
    const picture = image(
      size,
      size,
      3,
      images.subarray(at, at + pixels).map((v) => (v + 1) / 2),
    );
    out.set(
      degrade(picture, rng).data.map((v) => 2 * v - 1),
      at,
    );
  }
  return out;
}
