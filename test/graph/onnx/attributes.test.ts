/** No attribute of a node is passed over without a word. */

import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { grad } from '../../../src/graph/grad.ts';
import { readOnnx } from '../../../src/graph/onnx/read.ts';
import { sum } from '../../../src/graph/ops/reduce.ts';
import { evaluate } from '../../../src/graph/reference/evaluate.ts';
import { type Attribute, float32, onnxModel } from '../../helpers/onnx.ts';

function modelOf(
  op: string,
  attributes: Readonly<Record<string, Attribute>>,
  more: readonly number[] = [],
  opset = 18,
) {
  const tensors = more.map((value, i) => float32(Array(3).fill(value), [3], `c${i}`));
  const inputs = ['x', ...tensors.map(({ name }) => name)];
  const shape = [1, 3, 2, 2];
  return (declared: boolean) =>
    onnxModel({
      inputs: { x: shape },
      nodes: [{ op, inputs, outputs: ['y'], attributes, name: 'this' }],
      tensors,
      outputs: ['y'],
      ...(declared ? { declared: { y: shape } } : {}),
      opset,
    });
}

test('an attribute that is not understood makes the node one that is not', () => {
  for (const [unknown, model] of [
    ['temperature', modelOf('Softmax', { axis: 1n, temperature: 2 })],
    ['rounding', modelOf('Relu', { rounding: 'up' })],
    ['momentum', modelOf('InstanceNormalization', { momentum: 0.5 }, [1, 0])],
  ] as const) {
    expect(() => readOnnx(model(false))).toThrow(new RegExp(`with '${unknown}' without: run onnx.*node 'this'`));
    const { inputs, outputs } = readOnnx(model(true));
    expect(outputs.y!.op).toBe('Opaque');
    expect(() => grad(sum(outputs.y!), [inputs.x!])).toThrow("at node 'this'");
  }
});

test('statistics of each pixel are not taken for those of a channel', () => {
  const model = modelOf('BatchNormalization', { spatial: 0n }, [1, 0, 0, 1], 8);
  expect(readOnnx(model(true)).outputs.y!.op).toBe('Opaque');
  expect(readOnnx(modelOf('BatchNormalization', { spatial: 1n }, [1, 0, 0, 1], 8)(true)).outputs.y!.op).not.toBe(
    'Opaque',
  );
});

test('attention to a window is not taken for attention to all', () => {
  const shape = [1, 2, 3, 4];
  const opOf = (left_window_size: bigint) => {
    const model = onnxModel({
      inputs: { q: shape, k: shape, v: shape },
      nodes: [{ op: 'Attention', inputs: ['q', 'k', 'v'], outputs: ['y'], attributes: { left_window_size } }],
      outputs: ['y'],
      declared: { y: shape },
      opset: 25,
    });
    return readOnnx(model).outputs.y!.op;
  };
  expect([-1n, 1n].map(opOf)).toEqual(['MatMul', 'Opaque']);
});

test('one that changes nothing hinders nothing', async () => {
  const x = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i));
  for (const [op, attributes, more] of [
    ['MaxPool', { kernel_shape: [1n, 1n], storage_order: 1n, pads: [0n, 0n, 0n, 0n], auto_pad: 'VALID' }, []],
    ['BatchNormalization', { momentum: 0.3 }, [2, 1, 0.5, 3]],
    ['Dropout', { seed: 7n }, []],
  ] as const) {
    const model = modelOf(op, attributes as Readonly<Record<string, Attribute>>, more, 15)(false);
    const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
    const { y } = await session.run({ x: new ort.Tensor('float32', x, [1, 3, 2, 2]) });
    const got = evaluate([readOnnx(model).outputs.y!], { x })[0]!;
    expect(Math.max(...got.map((v, i) => Math.abs(v - (y!.data as Float32Array)[i]!)))).toBeLessThan(1e-6);
  }
});
