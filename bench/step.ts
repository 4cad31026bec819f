/** @file `npm run bench:step`: one search step through a large DCGAN pair, as a share of the matrix-product rate. */

import { dcganDiscriminator, dcganGenerator } from '../src/gan/networks/dcgan.ts';
import { constant, type Value } from '../src/graph/value.ts';
import { resolveOptions } from '../src/inpaint/options.ts';
import { buildStep } from '../src/inpaint/step.ts';
import type { Model } from '../src/model/model.ts';
import { spaceOf } from '../src/model/spaces.ts';
import { compile } from '../src/runtime/compile.ts';
import { State } from '../src/runtime/state.ts';
import { matrixFlops, matrixProduct, noise, sideBySide } from './rate.ts';
import { printTable } from './table.ts';

const BATCH = 16;
const ROUNDS = Number(process.argv[2] ?? 15);

const ask = (name: string, shape: readonly number[]): Value =>
  constant(
    noise(name, shape).map((x) => x * 0.05),
    shape,
  );
const context = { ask, norm: 'none' } as const;
const model: Model = {
  card: {
    format: 1,
    name: 'bench',
    image: { size: 64, channels: 3, range: [-1, 1] },
    latent: { size: 100, prior: 'uniform' },
    text: null,
    calibration: { real: 0, generated: 0 },
    training: { recipe: {}, epoch: 1, discriminatorSteps: 1, images: 1 },
    data: { name: 'none', licence: 'none', attribution: 'none' },
    files: { 'generator.onnx': '', 'discriminator.onnx': '' },
  },
  generator: (z) => dcganGenerator(context, z, { size: 64, width: 128 }), // 1024-512-256-128
  text: null,
  discriminator: (image) => dcganDiscriminator(context, image, { size: 64, width: 64 }), // 64-128-256-512
};

const { outputs, updates } = buildStep(model, spaceOf(model, 'latent')!, BATCH, resolveOptions({}));
const state = new State();
for (const [name, { shape }] of Object.entries(updates)) state.add(name, shape);
const step = await compile(outputs, { state, updates });
const feeds = {
  target: noise('target', [BATCH, 3, 64, 64]),
  weights: noise('weights', [BATCH, 1, 64, 64]).map((w) => Math.abs(w) / 12288),
  learningRate: new Float32Array(BATCH).fill(0.1),
  lambda: Float32Array.of(0.001),
};
const product = await matrixProduct();
const [stepMs, productMs] = (await sideBySide([() => step.run(feeds), product.call], ROUNDS)) as [number, number];
const work = matrixFlops([...Object.values(outputs), ...Object.values(updates)]);
const rate = work / stepMs / 1e6;
const productRate = product.flops / productMs / 1e6;
printTable(
  ['what', 'GFLOP', 'ms', 'GFLOP/s'],
  [
    ['matrix product', (product.flops / 1e9).toFixed(1), productMs.toFixed(1), productRate.toFixed(0)],
    [`search step, batch ${BATCH}`, (work / 1e9).toFixed(1), stepMs.toFixed(1), rate.toFixed(0)],
  ],
);
console.log(JSON.stringify({ ratio: rate / productRate, gflops: rate, matrixGflops: productRate, ms: stepMs }));
