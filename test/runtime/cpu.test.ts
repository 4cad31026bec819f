import { expect, test } from 'vitest';
import { grad } from '../../src/graph/grad.ts';
import {
  add,
  clip,
  greater,
  leakyRelu,
  mul,
  prelu,
  relu,
  sqrt,
  square,
  where,
} from '../../src/graph/ops/elementwise.ts';
import { reshape } from '../../src/graph/ops/layout.ts';
import { conv, convTranspose } from '../../src/graph/ops/linear.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { constant, input, is, topological, type Value } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/compile.ts';
import { fastOnCpu } from '../../src/runtime/cpu.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const native = (outputs: Record<string, Value>) =>
  topological(Object.values(fastOnCpu(outputs))).flatMap((value) => (is(value, 'Opaque') ? [value.attrs.opType] : []));

async function expectAgrees(outputs: Record<string, Value>, feeds: Record<string, Float32Array>): Promise<void> {
  await using program = await compile(outputs);
  const got = await program.run(feeds);
  const expected = evaluate(Object.values(outputs), feeds);
  for (const [i, name] of Object.keys(outputs).entries()) expectClose(got[name]!, expected[i]!, 1e-4);
}

test('a bias goes into the convolution before it, plain or transposed; gradients agree', async () => {
  const [x, b] = [input('x', [2, 3, 8, 8]), input('b', [4])];
  const [w, u] = [input('w', [4, 3, 4, 4]), input('u', [4, 4, 3, 3])];
  const bias = reshape(b, [4, 1, 1]);
  const y = leakyRelu(add(conv(x, w, { strides: 2, pads: 1 }), bias));
  const z = add(convTranspose(y, u, { strides: 2, outputPadding: 1 }), bias);
  const gradients = grad(sum(square(z)), [x, w, u, b]);
  const outputs = { z, ...Object.fromEntries(gradients.map((dx, i) => [`d${i}`, dx])) };
  expect(native(outputs)).toEqual(['Conv', 'ConvTranspose', 'Clip']);
  const feeds = { x: noise('x', 384), w: noise('w', 192), u: noise('u', 144), b: noise('b', 4) };
  await expectAgrees(outputs, feeds);
});

test('what is needed without its bias, or has another, stays apart', async () => {
  const [x, w, b] = [input('x', [1, 2, 4, 4]), input('w', [4, 2, 1, 1]), input('b', [4, 4, 4])];
  const y = conv(x, w);
  const outputs = { y, z: add(y, reshape(input('c', [4]), [4, 1, 1])), each: add(conv(x, mul(w, 2)), b) };
  expect(native(outputs)).toEqual([]);
  await expectAgrees(outputs, { x: noise('x', 32), w: noise('w', 8), b: noise('b', 64), c: noise('c', 4) });
});

test('what a Relu lets pass of a product is the product times a line cut off; what may be infinite is chosen', async () => {
  const [x, w] = [input('x', [2, 3, 4, 4]), input('w', [3, 3, 1, 1])];
  const y = relu(x);
  const [dx] = grad(sum(square(conv(y, w))), [x]);
  expect(native({ dx: dx! })).toEqual(['HardSigmoid']);
  const feeds = { x: noise('x', 96).map((v, i) => (i % 7 === 0 ? 0 : v)), w: noise('w', 9) };
  await expectAgrees({ dx: dx! }, feeds);
  const [root] = grad(sum(sqrt(y)), [x]); // its slope at 0 is infinite
  expect(native({ root: root! })).toEqual([]);
});

test('… and so is what a clip lets pass', async () => {
  const [x, w] = [input('x', [2, 3, 4, 4]), input('w', [3, 3, 1, 1])];
  const [dx] = grad(sum(square(conv(clip(x, -0.25, 0.5), w))), [x]);
  expect(native({ dx: dx! })).toEqual(['HardSigmoid', 'HardSigmoid']);
  const edges = [-0.25, 0.5, -0.25000003, -0.24999999, 0.49999997, 0.50000006, Number.POSITIVE_INFINITY];
  const feeds = { x: noise('x', 96).map((v, i) => edges[i] ?? v), w: noise('w', 9) };
  await expectAgrees({ dx: dx! }, feeds);
});

test('… also past a sum of two products, as at the end of a residual block', async () => {
  const [x, w] = [input('x', [2, 3, 4, 4]), input('w', [3, 3, 1, 1])];
  const y = relu(x);
  const block = relu(add(y, conv(relu(conv(y, w)), w)));
  const [dx] = grad(sum(square(conv(block, w))), [x]);
  expect(native({ dx: dx! })).toEqual(['HardSigmoid', 'HardSigmoid', 'HardSigmoid']);
  await expectAgrees({ dx: dx! }, { x: noise('x', 96), w: noise('w', 9) });
});

test('a PRelu is computed without its operator, for slopes of any size, and of an infinite x', async () => {
  const x = input('x', [2, 3, 2]);
  const x0 = Float32Array.of(-1, 2, -3, 4, -Infinity, 5, Infinity, 0, Infinity, -0, Infinity, -6);
  for (const slopes of [
    [0.1, 0.5, 1],
    [-0.5, 2, 0.3],
    [0.2, 0.3, 0],
  ]) {
    const y = prelu(x, constant(slopes, [3, 1]));
    const outputs = { y, dx: grad(sum(mul(y, constant(noise('g', 12), [2, 3, 2]))), [x])[0]! };
    expect(topological(Object.values(fastOnCpu(outputs))).some(({ op }) => op === 'PRelu')).toBe(false);
    expect(native(outputs)).toEqual(slopes.every((s) => s >= 0) ? ['HardSigmoid'] : []);
    await using program = await compile(outputs);
    const got = await program.run({ x: slopes[2] === 0 ? x0.map((v) => Math.max(v, -9)) : x0 });
    const wanted = evaluate(Object.values(outputs), { x: slopes[2] === 0 ? x0.map((v) => Math.max(v, -9)) : x0 });
    expect([...got.y!].map((v) => v + 0)).toEqual([...Float32Array.from(wanted[0]!)].map((v) => v + 0));
    expectClose(got.dx!, wanted[1]!, 1e-6);
  }
});

test('a choice between two numbers by a sign is right at zero and next to it', async () => {
  const x = input('x', [6]);
  const outputs = {
    slope: where(greater(x, 0), 1, 0.2),
    step: where(greater(x, 0), 0.5, 0),
    turned: where(greater(x, 0), 0, 1),
  };
  expect(native(outputs)).toEqual(['Clip', 'Clip']);
  await expectAgrees(outputs, { x: Float32Array.of(0, -0, 1.2e-38, -1.2e-38, 3e38, -Infinity) });
});
