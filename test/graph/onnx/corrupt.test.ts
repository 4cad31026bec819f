/** Damaged files end in one sentence: never a hang, a crash, or an error of another kind. */

import { describe, expect, test } from 'vitest';
import { LatentfillError } from '../../../src/base/errors.ts';
import { type Random, random } from '../../../src/base/random.ts';
import { grad } from '../../../src/graph/grad.ts';
import { readOnnx } from '../../../src/graph/onnx/read.ts';
import { writeOnnx } from '../../../src/graph/onnx/write.ts';
import { sum } from '../../../src/graph/ops/reduce.ts';
import { count, type Value } from '../../../src/graph/value.ts';
import { compile } from '../../../src/runtime/compile.ts';
import { ofExtent } from '../../helpers/extent.ts';
import { noise } from '../../helpers/numbers.ts';
import { bool, float32, int64, onnxGraph, onnxModel } from '../../helpers/onnx.ts';

/** A generator in small, with one of everything that a reader can trip over. */
const model = onnxModel({
  inputs: { z: ['N', 6] },
  outputs: ['image'],
  declared: { odd: ['N', 4, 4, 4] },
  domains: { own: 1 },
  tensors: [
    float32(noise('w', 96), [6, 16], 'w'),
    int64([-1, 4, 2, 2], [4], 'shape'),
    float32(noise('k', 72), [4, 2, 3, 3], 'k'),
    float32([1, 1, 1, 1], [4], 'one'),
    float32([0, 0, 0, 0], [4], 'zero'),
    float32([1, 1, 2, 2], [4], 'scales'),
    int64([0, 0, 1, 1, 0, 0, 1, 1], [8], 'pads'),
    int64([0, 2, 1], [3], 'picked'),
    int64([1], [1], 'from'),
    int64([5], [1], 'to'),
    int64([3], [1], 'axis'),
    bool([1], [], 'condition'),
  ],
  functions: [
    {
      name: 'Act',
      domain: 'own',
      inputs: ['a'],
      outputs: ['b'],
      nodes: [{ op: 'LeakyRelu', inputs: ['a'], outputs: ['b'], attributes: { alpha: 0.2 } }],
    },
  ],
  nodes: [
    { op: 'MatMul', inputs: ['z', 'w'], outputs: ['h0'] },
    { op: 'Reshape', inputs: ['h0', 'shape'], outputs: ['h1'] },
    { op: 'Act', domain: 'own', inputs: ['h1'], outputs: ['h2'] },
    { op: 'Resize', inputs: ['h2', '', 'scales'], outputs: ['h3'], attributes: { mode: 'linear' } },
    { op: 'Conv', inputs: ['h3', 'k'], outputs: ['h4'], attributes: { group: 2n, pads: [1n, 1n, 1n, 1n] } },
    { op: 'BatchNormalization', inputs: ['h4', 'one', 'zero', 'zero', 'one'], outputs: ['h5'] },
    { op: 'Hardmax', inputs: ['z0'], outputs: ['odd'] },
    { op: 'ConstantOfShape', inputs: ['s5'], outputs: ['z0'] },
    { op: 'Shape', inputs: ['h5'], outputs: ['s5'] },
    { op: 'Add', inputs: ['h5', 'odd'], outputs: ['h6'] },
    { op: 'MaxPool', inputs: ['h6'], outputs: ['h7'], attributes: { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] } },
    { op: 'Pad', inputs: ['h7', 'pads'], outputs: ['h8'], attributes: { mode: 'reflect' } },
    { op: 'Slice', inputs: ['h8', 'from', 'to', 'axis'], outputs: ['h9'] },
    { op: 'Gather', inputs: ['h9', 'picked'], outputs: ['h10'], attributes: { axis: 1n } },
    {
      op: 'If',
      inputs: ['condition'],
      outputs: ['h11'],
      attributes: {
        then_branch: onnxGraph({
          inputs: {},
          outputs: ['t'],
          nodes: [{ op: 'Softmax', inputs: ['h10'], outputs: ['t'] }],
        }),
        else_branch: onnxGraph({ inputs: {}, outputs: ['e'], nodes: [{ op: 'Neg', inputs: ['h10'], outputs: ['e'] }] }),
      },
    },
    { op: 'Einsum', inputs: ['h11', 'h11'], outputs: ['h12'], attributes: { equation: 'nchw,nchw->nchw' } },
    { op: 'Tanh', inputs: ['h12'], outputs: ['image'] },
  ],
});

const inputShapes = { z: [2, 6] };

/** Everything that is done with a model before it runs. */
function prepare(bytes: Uint8Array): Record<string, Value> {
  const { inputs, outputs } = readOnnx(bytes, { inputShapes });
  const gradients = grad(sum(outputs.image!), [inputs.z!]);
  const graph = { image: outputs.image!, dz: gradients[0]! };
  writeOnnx(graph);
  return graph;
}

const damages: Record<string, (bytes: Uint8Array, rng: Random) => Uint8Array> = {
  'a bit flipped': (bytes, rng) => flipped(bytes, rng, 1),
  'eight bits flipped': (bytes, rng) => flipped(bytes, rng, 8),
  'cut short': (bytes, rng) => bytes.slice(0, Math.floor(rng() * bytes.length)),
  'a byte set to an extreme': (bytes, rng) =>
    bytes.with(Math.floor(rng() * bytes.length), [0, 1, 0x7f, 0x80, 0xff][Math.floor(rng() * 5)]!),
  'a part left out': (bytes, rng) => {
    const [from, to] = part(bytes, rng);
    return Uint8Array.from([...bytes.slice(0, from), ...bytes.slice(to)]);
  },
  'a part twice': (bytes, rng) => {
    const [from, to] = part(bytes, rng);
    return Uint8Array.from([...bytes.slice(0, to), ...bytes.slice(from)]);
  },
};

function flipped(bytes: Uint8Array, rng: Random, times: number): Uint8Array {
  const damaged = bytes.slice();
  for (let i = 0; i < times; i++) {
    const at = Math.floor(rng() * bytes.length);
    damaged[at] = damaged[at]! ^ (1 << Math.floor(rng() * 8));
  }
  return damaged;
}

function part(bytes: Uint8Array, rng: Random): [number, number] {
  const from = Math.floor(rng() * bytes.length);
  return [from, Math.min(bytes.length, from + 1 + Math.floor(rng() * 64))];
}

test('the whole model is read and runs', async () => {
  await using program = await compile(prepare(model));
  const { dz } = await program.run({ z: noise('z', 12) });
  expect(dz!.some((g) => g !== 0)).toBe(true);
});

const times = ofExtent({ sample: 400, whole: 1700 });

describe.each(Object.entries(damages))('%s', (name, damage) => {
  test(`${times} times`, async () => {
    const rng = random(0, 'corrupt', name);
    let sound = 0;
    let slowest = 0;
    for (let i = 0; i < times; i++) {
      const began = performance.now();
      let graph: Record<string, Value> | undefined;
      try {
        graph = prepare(damage(model, rng));
      } catch (error) {
        if (!(error instanceof LatentfillError)) throw error;
        expect(error.message).toMatch(/xpected .*, got .*\.$/s);
      }
      slowest = Math.max(slowest, performance.now() - began);
      // What still reads is run now and then: weights may differ, the process must stand.
      if (!graph || ++sound % 40 !== 0 || count(graph.image!.shape) > 1e6) continue;
      await compile(graph).then(
        async (program) => {
          await program.run({ z: noise('z', 12) }).catch(() => {});
          await program[Symbol.asyncDispose]();
        },
        () => {},
      );
    }
    expect(slowest).toBeLessThan(5000); // no hang: it takes a few milliseconds
  });
});

test('absurd sizes are told before anything is allocated', () => {
  const absurd = (op: string, tensor: ReturnType<typeof int64>, inputs: string[], attributes = {}) =>
    onnxModel({
      inputs: { z: [2, 6] },
      outputs: ['image'],
      tensors: [tensor],
      nodes: [{ op, inputs, outputs: ['image'], attributes }],
    });
  const huge = 2 ** 40;
  for (const bytes of [
    absurd('ConstantOfShape', int64([huge, huge], [2], 't'), ['t']),
    absurd('Expand', int64([huge, 2, 6], [3], 't'), ['z', 't']),
    absurd('Tile', int64([huge, huge], [2], 't'), ['z', 't']),
    absurd('Pad', int64([huge, 0, 0, huge], [4], 't'), ['z', 't']),
    absurd('Pad', int64([huge, 0, 0, huge], [4], 't'), ['z', 't'], { mode: 'edge' }),
    absurd('Split', int64([1, huge], [2], 't'), ['z', 't']),
    absurd('Reshape', int64([huge, -1], [2], 't'), ['z', 't']),
    absurd('OneHot', int64([huge], [], 't'), ['t', 't', 't']),
    absurd('OneHot', int64([2 ** 30], [], 't'), ['t', 't', 'z']),
    absurd('Split', int64([0], [1], 't'), ['z'], { num_outputs: 2n ** 30n }),
    absurd('Resize', int64([2 ** 28, 2 ** 28], [2], 't'), ['z', '', '', 't'], { mode: 'linear' }),
    absurd('Range', int64([0, 2 ** 40, 1], [3], 't'), ['t', 't', 't']),
    absurd('Neg', { ...float32([], [0], 't'), dims: [2n ** 62n, 2n ** 62n] }, ['t']),
  ]) {
    expect(() => prepare(bytes)).toThrow(LatentfillError);
  }
  expect(() => readOnnx(model, { inputShapes: { z: [2 ** 50, 6] } })).toThrow(LatentfillError);
});
