/** OpenVINO's own outputs (layers.py) hold the conversion of every layer, at the batch of the file and at another. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { readOnnx } from '../../../../src/graph/onnx/read.ts';
import { onnxSignature } from '../../../../src/graph/onnx/signature.ts';
import { evaluate } from '../../../../src/graph/reference/evaluate.ts';
import { readOpenVino } from '../../../../src/model/import/openvino/convert.ts';
import { operators } from '../../../../src/model/import/openvino/operators.ts';
import { expectClose } from '../../../helpers/numbers.ts';

const file = (name: string) => join(import.meta.dirname, name);
const xml = readFileSync(file('layers.xml'), 'utf8');
const weights = readFileSync(file('layers.bin'));
const onnx = readOpenVino(xml, weights);

/** Values by name: two inputs, then the outputs, for a batch of two. */
const known = new Map(
  readFileSync(file('layers.txt'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [name, shape, ...numbers] = line.split(' ');
      return [name!, { shape: shape!.split(',').map(Number), data: Float32Array.from(numbers, Number) }] as const;
    }),
);

/** The inputs of some rows, and what OpenVINO gave for these. */
function rows(from: number, to: number) {
  return [...known].map(([name, { shape, data }]) => {
    const size = data.length / shape[0]!;
    return { name, shape: shape.with(0, to - from), data: data.subarray(from * size, to * size) };
  });
}

describe.each([
  ['the batch of the file', 0, 1],
  ['another batch', 0, 2],
])('at %s', (_, from, to) => {
  const values = rows(from, to);
  const feeds = Object.fromEntries(values.map(({ name, data }) => [name, data]));
  const shapes = Object.fromEntries(values.slice(0, 2).map(({ name, shape }) => [name, shape]));
  const graph = readOnnx(onnx, { inputShapes: shapes });

  test.each(values.slice(2))('$name', ({ name, shape, data }) => {
    const value = graph.outputs[name]!;
    expect(value.shape).toEqual(shape);
    expectClose(evaluate([value], feeds)[0]!, data, 2e-6);
  });
});

test('ONNX Runtime takes the model as it is, and gives the same', async () => {
  const session = await InferenceSession.create(onnx);
  const values = rows(0, 2);
  const feeds = values.slice(0, 2).map(({ name, shape, data }) => [name, new Tensor('float32', data.slice(), shape)]);
  const outputs = await session.run(Object.fromEntries(feeds));
  for (const { name, data } of values.slice(2)) expectClose(outputs[name]!.data as Float32Array, data, 2e-6);
});

test('every converter is among the layers', () => {
  const types = new Set([...xml.matchAll(/<layer [^>]*type="(\w+)"/g)].map(([, type]) => type));
  expect(Object.keys(operators).filter((type) => !types.has(type))).toEqual([]);
});

test('names are kept, the batch is open, and float16 weights stay float16', () => {
  const { inputs, outputs, parameters } = onnxSignature(onnx);
  expect(inputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['x', ['batch', 4, 3, 3]],
    ['z', ['batch', 4]],
  ]);
  expect(outputs.map(({ name }) => name)).toEqual([...known.keys()].slice(2));
  expect(parameters.bytes).toBeLessThan(4 * parameters.count);
  const { graph } = fromBinary(ModelProtoSchema, onnx);
  const used = new Set(graph!.node.flatMap(({ input }) => input));
  expect(graph!.initializer.filter(({ name }) => !used.has(name))).toEqual([]);
});
