/** @file `npm run bench:train`: a training step of the recipe `dcgan`, in images/s and as a share of the matrix-product rate. */

import { buildPhases } from '../src/gan/phases.ts';
import { recipes } from '../src/gan/presets/index.ts';
import { recipeSchema } from '../src/gan/recipe.ts';
import type { Phase } from '../src/gan/updates.ts';
import { writeOnnx } from '../src/graph/onnx/write.ts';
import { compile } from '../src/runtime/compile.ts';
import { matrixFlops, matrixProduct, noise, sideBySide } from './rate.ts';
import { printTable } from './table.ts';

const ROUNDS = Number(process.argv[2] ?? 9);
const recipe = recipeSchema.parse(recipes.dcgan);

/** Building, differentiating and encoding both phases, once warm. */
function buildAll() {
  const began = performance.now();
  const phases = buildPhases(recipe);
  for (const { outputs, updates } of [phases.discriminator, phases.generator]) {
    writeOnnx({ ...outputs, ...Object.fromEntries(Object.entries(updates).map(([name, v]) => [`next ${name}`, v])) });
  }
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
const [dMs, gMs, productMs] = (await sideBySide([() => d.run(feeds), () => g.run(feeds), product.call], ROUNDS)) as [
  number,
  number,
  number,
];
const work = ({ outputs, updates }: Phase) => matrixFlops([...Object.values(outputs), ...Object.values(updates)]);
const rate = (f: number, ms: number) => f / ms / 1e6;
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
const total = rate(dWork + gWork, dMs + gMs);
const imagesPerSecond = (1000 * recipe.batch) / (dMs + gMs);
console.log(JSON.stringify({ ratio: total / productRate, imagesPerSecond, matrixGflops: productRate, buildMs }));
