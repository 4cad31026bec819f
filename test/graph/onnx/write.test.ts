import { expect, test } from 'vitest';
import { fromFloat16, toFloat16 } from '../../../src/graph/float16.ts';
import { grad } from '../../../src/graph/grad.ts';
import { readOnnx } from '../../../src/graph/onnx/read.ts';
import { writeOnnx } from '../../../src/graph/onnx/write.ts';
import { leakyRelu, mul, relu, tanh } from '../../../src/graph/ops/elementwise.ts';
import { reshape } from '../../../src/graph/ops/layout.ts';
import { conv, convTranspose, matmul } from '../../../src/graph/ops/linear.ts';
import { mean, sum } from '../../../src/graph/ops/reduce.ts';
import { evaluate } from '../../../src/graph/reference/evaluate.ts';
import { constant, input } from '../../../src/graph/value.ts';
import { expectClose, noise } from '../../helpers/numbers.ts';

function network(batch: number) {
  const x = input('x', [batch, 4]);
  const h = relu(reshape(matmul(x, constant(noise('a', 4 * 32), [4, 32])), [batch, 2, 4, 4]));
  const up = leakyRelu(convTranspose(h, constant(noise('b', 2 * 3 * 16), [2, 3, 4, 4]), { strides: 2, pads: 1 }), 0.1);
  return { x, y: tanh(mean(conv(up, constant(noise('c', 2 * 3 * 9), [2, 3, 3, 3]), { pads: 1 }), [2, 3])) };
}

test('a graph, its first and its second gradient survive writing and reading', () => {
  const { x, y } = network(2);
  const [dx] = grad(sum(y), [x]);
  const [ddx] = grad(sum(mul(dx!, dx!)), [x]);
  const { outputs } = readOnnx(writeOnnx({ y, dx: dx!, ddx: ddx! }));
  const feeds = { x: noise('x', 8) };
  const before = evaluate([y, dx!, ddx!], feeds);
  const after = evaluate([outputs.y!, outputs.dx!, outputs.ddx!], feeds);
  for (const [i, values] of before.entries()) expectClose(after[i]!, values, 1e-6);
});

test('a model with a named batch is read at any batch size', () => {
  const bytes = writeOnnx({ y: network(1).y }, { batch: 'N' });
  expect(() => readOnnx(bytes)).toThrow(/symbolic/);
  const { outputs } = readOnnx(bytes, { inputShapes: { x: [3, 4] } });
  const feeds = { x: noise('x', 12) };
  expectClose(evaluate([outputs.y!], feeds)[0]!, evaluate([network(3).y], feeds)[0]!, 1e-6);
});

test('a value can stand in for an input', () => {
  const bytes = writeOnnx({ y: network(1).y }, { batch: 'N' });
  const z = input('z', [2, 4]);
  const { outputs } = readOnnx(bytes, { inputs: { x: mul(z, 2) } });
  const z0 = noise('z', 8);
  expectClose(evaluate([outputs.y!], { z: z0 })[0]!, evaluate([network(2).y], { x: z0.map((v) => 2 * v) })[0]!, 1e-6);
});

test('weights are written once, however often they are used', () => {
  const data = noise('w', 10_000);
  const x = input('x', [1, 100]);
  const w = () => constant(data, [100, 100]);
  const bytes = writeOnnx({ y: matmul(matmul(matmul(x, w()), w()), w()) });
  expect(bytes.length).toBeLessThan(data.byteLength * 1.1);
});

test('damaged bytes are an error, never a crash', () => {
  const bytes = writeOnnx({ y: network(1).y });
  expect(() => readOnnx(new TextEncoder().encode('not a model'))).toThrow(/Expected an ONNX model/);
  for (let i = 0; i < bytes.length; i += 37) {
    const damaged = bytes.slice();
    damaged[i] = damaged[i]! ^ 0xff;
    try {
      readOnnx(damaged.subarray(0, bytes.length - (i % 50)));
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  }
});

test('float16 rounds to nearest, ties to even, and covers its whole range', () => {
  const halves = Uint16Array.from({ length: 0x7c00 }, (_, i) => i);
  expect([...toFloat16(fromFloat16(halves))]).toEqual([...halves]);
  const cases = [1 + 2 ** -11, 1 + 3 * 2 ** -11, -65504, 65520, 2 ** -25, 2 ** -24 * 1.5, 0, -0, Number.NaN];
  const rounded = [...fromFloat16(toFloat16(cases))];
  expect(rounded).toEqual([1, 1 + 2 ** -9, -65504, Number.POSITIVE_INFINITY, 0, 2 ** -23, 0, -0, Number.NaN]);
});

test('shape mistakes are told when the graph is built', () => {
  const x = input('x', [1, 3, 8, 8]);
  expect(() => conv(x, constant(noise('w', 36), [1, 4, 3, 3]))).toThrow(
    /Conv: expected .* got \[1,3,8,8\] and \[1,4,3,3\]/,
  );
  expect(() => matmul(input('a', [2, 3]), input('b', [2, 3]))).toThrow(/MatMul/);
  expect(() => mul(input('a', [2, 3]), input('b', [2, 4]))).toThrow(/broadcast/);
  expect(() => reshape(x, [5, 5])).toThrow(/192 elements/);
});
