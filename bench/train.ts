/**
 * @file `npm run bench:train -- [--recipe NAME] [--rounds N] [--python PATH]`: a training step of a recipe (`dcgan` if left out) in
 * images/s and as a share of the matrix-product rate; beside the same step in PyTorch, in turn with it, where PATH (or
 * LATENTFILL_TORCH_PYTHON) is a Python that has it. Captions and augmentation are left out of both.
 */

import { parseArgs } from 'node:util';
import { buildPhases } from '../src/gan/phases.ts';
import { recipeSchema } from '../src/gan/recipe.ts';
import { recipes } from '../src/gan/recipes/index.ts';
import type { Phase } from '../src/gan/updates.ts';
import { writeOnnx } from '../src/graph/onnx/write.ts';
import { simplify } from '../src/graph/simplify.ts';
import { compile } from '../src/runtime/compile.ts';
import { torchTrainers } from './peers/torch.ts';
import { matrixFlops, matrixProduct, noise, sideBySide } from './rate.ts';
import { printTable } from './table.ts';

const { values: flags } = parseArgs({
  options: {
    recipe: { type: 'string', default: 'dcgan' },
    rounds: { type: 'string', default: '9' },
    python: { type: 'string', default: process.env.LATENTFILL_TORCH_PYTHON ?? '' },
  },
});
const recipe = recipeSchema.parse({ ...recipes[flags.recipe], captions: {}, augment: {} });

/** What a phase computes, as it is run. */
const simple = ({ outputs, updates }: Phase) =>
  simplify({ ...outputs, ...Object.fromEntries(Object.entries(updates).map(([name, v]) => [`next ${name}`, v])) });

/** Building, differentiating, simplifying and encoding both phases, once warm. */
function buildAll() {
  const began = performance.now();
  const phases = buildPhases(recipe);
  for (const phase of [phases.discriminator, phases.generator]) writeOnnx(simple(phase));
  return { ...phases, ms: performance.now() - began };
}

const { discriminator, generator, state, ms: buildMs } = buildAll();
const feeds = {
  real: noise('real', [recipe.batch, 3, recipe.size, recipe.size]),
  latent: noise('latent', [recipe.batch, recipe.latent]),
  learningRate: Float32Array.of(1e-5),
  beta2: Float32Array.of(0.99),
  r1Weight: Float32Array.of(1),
  r2Weight: Float32Array.of(1),
};
const program = ({ outputs, updates }: Phase) => compile(outputs, { state, updates });
const [d, g, product] = [await program(discriminator), await program(generator), await matrixProduct()];
const peers = flags.python ? await torchTrainers(flags.python, recipe) : [];
const calls = [() => d.run(feeds), () => g.run(feeds), product.call, ...peers.map(({ step }) => step)];
const [dMs, gMs, productMs, ...peerMs] = (await sideBySide(calls, Number(flags.rounds))) as [number, number, number];
for (const { end } of peers) end();

const work = (phase: Phase) => matrixFlops(Object.values(simple(phase)));
const rate = (f: number, ms: number) => f / ms / 1e6;
const perSecond = (ms: number) => (1000 * recipe.batch) / ms;
const [dWork, gWork] = [work(discriminator), work(generator)];
const productRate = rate(product.flops, productMs);
const row = (what: string, f: number, ms: number) => [
  what,
  (f / 1e9).toFixed(1),
  ms.toFixed(0),
  rate(f, ms).toFixed(0),
];
printTable(
  ['what', 'GFLOP', 'ms', 'GFLOP/s'],
  [
    row('matrix product', product.flops, productMs),
    row('discriminator step', dWork, dMs),
    row('generator step', gWork, gMs),
    row('training step', dWork + gWork, dMs + gMs),
  ],
);
console.log(`Both graphs built, differentiated and encoded in ${buildMs.toFixed(0)} ms.`);
const imagesPerSecond = perSecond(dMs + gMs);
const others = peers.map(({ name }, i) => ({ name, imagesPerSecond: perSecond(peerMs[i]!) }));
if (others.length > 0) {
  console.log();
  printTable(
    ['training step', 'images/s'],
    [{ name: 'latentfill', imagesPerSecond }, ...others].map((each) => [each.name, each.imagesPerSecond.toFixed(1)]),
  );
}
const best = Math.max(...others.filter(({ name }) => !name.includes('cuda')).map((each) => each.imagesPerSecond));
console.log(
  JSON.stringify({
    recipe: flags.recipe,
    ratio: rate(dWork + gWork, dMs + gMs) / productRate,
    ...(others.length > 0 ? { ratioToTorch: imagesPerSecond / best, others } : {}),
    imagesPerSecond,
    matrixGflops: productRate,
    buildMs,
  }),
);
