/** @file What is run on every device, natively and in pages: nothing here is of Node or Vitest. */

import { random, uniform } from '../../src/base/random.ts';
import { grad } from '../../src/graph/grad.ts';
import { readOnnx } from '../../src/graph/onnx/read.ts';
import * as op from '../../src/graph/ops/elementwise.ts';
import { concat, pad, slice, transpose } from '../../src/graph/ops/layout.ts';
import { conv, convTranspose, matmul } from '../../src/graph/ops/linear.ts';
import { mean, sum } from '../../src/graph/ops/reduce.ts';
import { constant, count, input, type Shape, type Value } from '../../src/graph/value.ts';
import { centreHole } from '../../src/image/holes.ts';
import { settle } from '../../src/inpaint/effort.ts';
import { resolveOptions } from '../../src/inpaint/options.ts';
import { search } from '../../src/inpaint/search.ts';
import { stage } from '../../src/inpaint/staging.ts';
import { compile } from '../../src/runtime/compile.ts';
import type { Device } from '../../src/runtime/devices.ts';
import { openPrograms } from '../../src/runtime/programs.ts';
import { State } from '../../src/runtime/state.ts';
import { cases } from '../graph/cases/index.ts';
import type { Extent, GraphCase } from './devices.ts';
import { noisePicture, tinyModel } from './pictures.ts';

const noise = (name: string, shape: Shape) => uniform(random('device', name), count(shape), -1, 1);

/** y = f(x0, x1, …), and the gradient of the sum of its squares with respect to each. */
function graphCase(name: string, f: (...xs: Value[]) => Value, ...shapes: Shape[]): GraphCase {
  const xs = shapes.map((shape, i) => input(`x${i}`, shape));
  const y = f(...xs);
  const gradients = grad(sum(op.square(y)), xs).map((dx, i) => [`dx${i}`, dx] as const);
  const feeds = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, noise(`${name} ${i}`, shape)]));
  return { name, outputs: { y, ...Object.fromEntries(gradients) }, feeds };
}

/** The gradient of a gradient penalty: second order, through what a critic is made of. */
function penalty(): GraphCase {
  const [x, w] = [input('x', [2, 3, 8, 8]), input('w', [4, 3, 4, 4])];
  const [dx] = grad(sum(op.softplus(op.leakyRelu(conv(x, w, { strides: 2, pads: 1 }), 0.2))), [x]);
  const [dw] = grad(mean(op.square(dx!)), [w]);
  return { name: 'penalty', outputs: { dw: dw! }, feeds: { x: noise('px', x.shape), w: noise('pw', w.shape) } };
}

/** Inputs that are not float32. */
function typed(): GraphCase {
  const [labels, known] = [input('labels', [4], 'int64'), input('known', [4], 'bool')];
  const y = op.where(known, op.mul(op.cast(labels, 'float32'), 2), -1);
  const feeds = { labels: BigInt64Array.of(3n, -1n, 0n, 1000n), known: Uint8Array.of(1, 0, 1, 1) };
  return { name: 'int64 and bool inputs', outputs: { y }, feeds };
}

/** Graphs of every kind that this project runs. */
export const graphCases = (): GraphCase[] => [
  graphCase('conv', (x, w) => conv(x!, w!, { strides: 2, pads: 1 }), [2, 3, 8, 6], [4, 3, 4, 4]),
  graphCase(
    'conv in groups',
    (x, w) => conv(x!, w!, { strides: [3, 1], pads: [1, 0, 2, 1], dilations: [1, 2], group: 2 }),
    [2, 4, 7, 6],
    [6, 2, 3, 2],
  ),
  graphCase('conv on a larger plane', (x, w) => conv(x!, w!, { pads: 1 }), [2, 3, 12, 12], [4, 3, 3, 3]),
  graphCase('convTranspose', (x, w) => convTranspose(x!, w!, { strides: 2, pads: 1 }), [2, 3, 4, 3], [3, 2, 4, 4]),
  graphCase('matmul', (a, b) => matmul(a!, b!), [2, 3, 4], [4, 5]),
  graphCase('activations', (x) => op.add(op.softplus(x!), op.mul(op.tanh(x!), op.sigmoid(x!))), [3, 7]),
  graphCase('broadcasting', (a, b) => op.div(a!, op.add(op.exp(b!), 1)), [2, 3, 4], [3, 1]),
  graphCase('reductions', (x) => op.mul(mean(x!, [0, 2], { keep: true }), sum(x!, [1], { keep: true })), [2, 3, 4]),
  graphCase('pad, slice', (x) => slice(pad(x!, [0, 1, 2, 0]), [0, 1], [2, 4], [1, 2]), [2, 3]),
  graphCase('concat, transpose', (a, b) => transpose(concat([a!, b!], 1), [2, 0, 1]), [2, 3, 4], [2, 1, 4]),
  graphCase('choices', (a, b) => op.where(op.greater(a!, b!), op.max(a!, 0), op.abs(b!)), [4, 5], [5]),
  penalty(),
  typed(),
];

/** Cases of every operator that is read, with its gradients where it has any: all of them, or the first of each. */
export function operatorCases(extent: Extent): GraphCase[] {
  const firsts = cases.filter(({ op }, i) => cases.findIndex((other) => other.op === op) === i);
  return (extent === 'whole' ? cases : firsts).map(({ name, model, feeds, order }) => {
    const { inputs, outputs } = readOnnx(model());
    const y = outputs.y!;
    const xs = order > 0 ? Object.values(inputs) : [];
    // Weighted: the squares of what is normalised sum to the same number anywhere.
    const loss = sum(op.mul(y, op.add(y, constant(noise(`${name} y`, y.shape), y.shape))));
    const first = grad(loss, xs);
    const slope = first.map((dx) => sum(op.mul(dx, constant(noise(`${name} dx`, dx.shape), dx.shape))));
    const second =
      order === 2 && xs.length > 0
        ? grad(
            slope.reduce((a, b) => op.add(a, b)),
            xs,
          )
        : [];
    const gradients = [...first, ...second].map((dx, i) => [`d${i}`, dx] as const);
    return { name, outputs: { y, ...Object.fromEntries(gradients) }, feeds };
  });
}

/** What {@link useState} saw. */
export interface StateSeen {
  readonly device: Device;
  /** Whether it stayed on the GPU between runs. */
  readonly far: boolean;
  readonly totals: number[];
  readonly contents: number[][];
  /** Whether two runs on the same data gave the same bits. */
  readonly same: boolean;
  /** What a run without its input said. */
  readonly failure: string;
}

/** Takes state through all that may happen to it; every device must show the same numbers. */
export async function useState(device: Device): Promise<StateSeen> {
  const [a, b, x] = [input('a', [3]), input('b', []), input('x', [3])];
  const state = new State().add('a', [3], Float32Array.of(1, 2, 3)).add('b', []);
  const contents: number[][] = [];
  const note = async (name: string) => contents.push([...(await state.read(name))]);
  const totals: number[] = [];
  let far = false;
  let failure = '';
  {
    await using double = await compile({ total: sum(a) }, { device, state, updates: { a: op.mul(a, x) } });
    await using gather = await compile({ total: b }, { device, state, updates: { b: op.add(b, sum(a)) } });
    const two = Float32Array.of(2, 2, 2);
    // All at once: runs wait for their turn.
    const runs = [double.run({ x: two }), gather.run(), double.run({ x: two }), gather.run()];
    for (const run of runs) totals.push((await run).total![0]!);
    far = state.far('a')?.location === 'gpu-buffer';
    await note('a');
    await double.run().catch((error) => {
      failure = String(error);
    });
    await note('a');
    state.write('a', Float32Array.of(1, 1, 1));
    totals.push((await double.run({ x: two })).total![0]!, (await gather.run()).total![0]!);
  }
  await note('a'); // what a program left on its device is back when it is gone
  await note('b');
  return { device, far, totals, contents, failure, same: await sameBits(device) };
}

async function sameBits(device: Device): Promise<boolean> {
  const [x, w] = [input('x', [32, 48]), input('w', [48, 40])];
  await using program = await compile({ y: matmul(x, w) }, { device });
  const feeds = { x: noise('bits x', x.shape), w: noise('bits w', w.shape) };
  const first = (await program.run(feeds)).y!.slice();
  return (await program.run(feeds)).y!.every((v, i) => Object.is(v, first[i]));
}

/** The losses of each step of a small search. */
export async function searchLosses(device: Device): Promise<number[]> {
  const model = tinyModel();
  const options = resolveOptions({ steps: 5, restarts: 2, screen: 0, halving: false, seed: 3 });
  const { problem } = stage(model, { image: noisePicture(16, 16, 1), mask: centreHole(16, 16) }, options).views[0]!;
  const losses: number[] = [];
  await using programs = openPrograms({ device });
  for await (const { candidates } of search({ model, programs }, [problem], settle(model, options)))
    losses.push(candidates[0]![0]!.losses.total);
  return losses;
}
