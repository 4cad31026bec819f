/** @file `npm run bench:graph`: what reading, differentiating and writing a generator costs, and what its gradient costs to run. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dcganGenerator } from '../src/gan/networks/dcgan.ts';
import { grad } from '../src/graph/grad.ts';
import { readOnnx } from '../src/graph/onnx/read.ts';
import { writeOnnx } from '../src/graph/onnx/write.ts';
import { mul } from '../src/graph/ops/elementwise.ts';
import { sum } from '../src/graph/ops/reduce.ts';
import { constant, count, input, is, topological, type Value } from '../src/graph/value.ts';
import { compile } from '../src/runtime/compile.ts';
import { noise, sideBySide } from './rate.ts';
import { stylegan2 } from './stylegan2.ts';
import { printTable } from './table.ts';

const ROUNDS = Number(process.argv[2] ?? 11);

/** The gradient of a weighted sum of the output, as a search takes it. */
function gradient(z: Value, y: Value): Value {
  return grad(sum(mul(y, input('cotangent', y.shape))), [z])[0]!;
}

if (process.argv[2] === '--prepare') prepare(process.argv[3]!);
else await bench();

/** In a process of its own: the time and the memory between a file's bytes and the bytes of its gradient. */
function prepare(file: string): void {
  const bytes = new Uint8Array(readFileSync(file));
  const small = writeOnnx({ y: mul(input('x', [2]), 2) }); // so that code, too, is loaded before anything is measured
  readOnnx(small);
  const before = process.resourceUsage().maxRSS;
  const began = performance.now();
  const { inputs, outputs } = readOnnx(bytes, { inputShapes: { z: [8, 512] } });
  const read = performance.now();
  const dz = gradient(inputs.z!, outputs.image!);
  const differentiated = performance.now();
  const written = writeOnnx({ image: outputs.image!, dz });
  const ended = performance.now();
  const memory = (process.resourceUsage().maxRSS - before) * 1024;
  console.log(
    JSON.stringify({
      read: read - began,
      differentiate: differentiated - read,
      write: ended - differentiated,
      all: ended - began,
      memory: memory / bytes.length,
      bytes: written.length,
    }),
  );
}

async function bench(): Promise<void> {
  const z = input('z', [8, 512]);
  const large = stylegan2(z, 1024, (side) => Math.min(512, 2 ** 14 / side)); // its own widths, at half
  const all = topological([large]);
  const nodes = all.filter((value) => !is(value, 'Constant') && !is(value, 'Input')).length;
  const parameters = all.reduce((total, value) => total + (is(value, 'Constant') ? count(value.shape) : 0), 0);

  const folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
  const file = join(folder, 'generator.onnx');
  writeFileSync(file, writeOnnx({ image: large }));
  const runs = Array.from({ length: 5 }, () => {
    const { stdout, stderr } = spawnSync(process.execPath, [
      '--import',
      'tsx',
      import.meta.filename,
      '--prepare',
      file,
    ]);
    if (stdout.length === 0) throw new Error(stderr.toString());
    return JSON.parse(stdout.toString()) as Record<string, number>;
  });
  rmSync(folder, { recursive: true });
  const middle = (key: string) => runs.map((run) => run[key]!).sort((a, b) => a - b)[2]!;
  console.log(
    `a generator of ${nodes} nodes and ${(parameters / 1e6).toFixed(1)} million parameters, medians of ${runs.length}`,
  );
  printTable(
    ['ms to read', 'differentiate', 'write', 'all', "extra memory / file's size"],
    [
      [middle('read'), middle('differentiate'), middle('write'), middle('all'), middle('memory')].map((x) =>
        x.toFixed(2),
      ),
    ],
  );

  console.log('\nthe gradient graph (it draws the image as well) beside the forward graph, medians side by side');
  const generators: Record<string, (z: Value) => Value> = {
    'DCGAN 64, width 512-64': (latent) => dcgan(latent),
    'StyleGAN2 64, 256 to 128 channels': (latent) => stylegan2(latent, 64, (side) => (side <= 16 ? 256 : 128)),
  };
  const rows: (string | number)[][] = [];
  for (const [name, generator] of Object.entries(generators)) {
    const latent = input('z', [8, 512]);
    const image = generator(latent);
    const forward = await compile({ image });
    const both = await compile({ image, dz: gradient(latent, image) });
    const feeds = { z: noise('z', [8, 512]), cotangent: noise('cotangent', image.shape) };
    const [one, two] = (await sideBySide([() => forward.run(feeds), () => both.run(feeds)], ROUNDS)) as [
      number,
      number,
    ];
    rows.push([name, one.toFixed(1), two.toFixed(1), (two / one).toFixed(2)]);
    for (const program of [forward, both]) await program[Symbol.asyncDispose]();
  }
  printTable(['generator', 'forward, ms', 'gradient, ms', 'ratio'], rows);
}

function dcgan(latent: Value): Value {
  const ask = (name: string, shape: readonly number[]) =>
    constant(
      noise(name, shape).map((x) => x * 0.05),
      shape,
    );
  return dcganGenerator({ ask, norm: 'none' }, latent, { size: 64, width: 64 });
}
