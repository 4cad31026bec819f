import { describe, expect, test } from 'vitest';
import { grad } from '../../src/graph/grad.ts';
import { add, leakyRelu, mul, square } from '../../src/graph/ops/elementwise.ts';
import { reshape } from '../../src/graph/ops/layout.ts';
import { conv } from '../../src/graph/ops/linear.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { constant, count, input, is, topological, type Value } from '../../src/graph/value.ts';
import { blocked, blockOf } from '../../src/runtime/blocked-layout.ts';
import { compile } from '../../src/runtime/compile.ts';
import { fastOnCpu } from '../../src/runtime/cpu.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const block = await blockOf();
// Where the processor has no such convolutions, what would be written is still to be seen.
const size = block || 16;

/** Operators in blocks, in the order in which they run. */
const inBlocks = (outputs: Record<string, Value>) =>
  topological(Object.values(blocked(fastOnCpu(outputs), size))).flatMap((value) =>
    is(value, 'Opaque') && value.attrs.domain === 'com.microsoft.nchwc' ? [value.attrs.opType] : [],
  );
const times = (op: string, outputs: Record<string, Value>) => inBlocks(outputs).filter((each) => each === op).length;

async function expectAgrees(outputs: Record<string, Value>): Promise<void> {
  const inputs = topological(Object.values(outputs)).filter((value) => is(value, 'Input'));
  const names = inputs.map(({ attrs }) => (attrs as { name: string }).name);
  const feeds = Object.fromEntries(names.map((name, i) => [name, noise(name, count(inputs[i]!.shape))]));
  await using program = await compile(outputs);
  const got = await program.run(feeds);
  const expected = evaluate(Object.values(outputs), feeds);
  for (const [i, name] of Object.keys(outputs).entries()) expectClose(got[name]!, expected[i]!, 1e-4);
}

test('a block is a power of two of channels, or there is none', () => {
  expect([0, 4, 8, 16]).toContain(block);
});

describe('convolutions by varying weights', () => {
  const x = input('x', [size, 3, 8, 8]);
  const bias = (name: string, channels: number) => reshape(input(name, [channels]), [channels, 1, 1]);

  test('two layers, their biases and activations pass blocks on, and gradients agree', async () => {
    const [w, u] = [input('w', [size, 3, 4, 4]), input('u', [2 * size, size, 3, 3])];
    const first = leakyRelu(add(conv(x, w, { strides: 2, pads: 1 }), bias('b', size)));
    const y = leakyRelu(add(conv(first, u, { strides: 1, pads: 1 }), bias('c', 2 * size)), 0.1);
    expect(times('Conv', { y })).toBe(2);
    expect(inBlocks({ y }).at(-1)).toBe('ReorderOutput');
    // x has few channels and stays as it is; what the first layer made stays in blocks.
    expect(times('ReorderInput', { y })).toBe(3);
    const gradients = grad(sum(square(y)), [x, w, u]);
    const outputs = { y, ...Object.fromEntries(gradients.map((dx, i) => [`d${i}`, mul(dx, 1e-2)])) };
    // Those by the weights of a layer with strides are convolutions themselves.
    expect(times('Conv', outputs)).toBeGreaterThan(2);
    await expectAgrees(outputs);
  });

  test('groups of full blocks are taken, others not', async () => {
    const wide = input('wide', [2, 2 * size, 4, 4]);
    const full = conv(wide, input('w', [2 * size, size, 3, 3]), { group: 2, pads: 1 });
    const part = conv(wide, input('v', [2 * size, size / 2, 3, 3]), { group: 4, pads: 1 });
    const odd = conv(wide, input('u', [size + 1, 2 * size, 1, 1]));
    expect([{ full }, { part }, { odd }].map((outputs) => times('Conv', outputs))).toEqual([1, 0, 0]);
    await expectAgrees({ full, part, odd });
  });

  test('what is needed before its activation as well keeps both', async () => {
    const y = conv(x, input('w', [size, 3, 3, 3]), { dilations: 2, pads: 2 });
    const outputs = { y, z: leakyRelu(y) };
    expect(topological(Object.values(blocked(fastOnCpu(outputs), size))).some(({ op }) => op === 'LeakyRelu')).toBe(
      true,
    );
    await expectAgrees(outputs);
  });

  test('constant weights are left to ONNX Runtime', () => {
    const w = mul(constant(noise('w', size * 27), [size, 3, 3, 3]), 2);
    expect(inBlocks({ y: conv(x, w) })).toEqual([]);
  });
});
