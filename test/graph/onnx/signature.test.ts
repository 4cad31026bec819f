import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { expect, test } from 'vitest';
import { LatentfillError } from '../../../src/base/errors.ts';
import { random } from '../../../src/base/random.ts';
import { flops } from '../../../src/graph/cost.ts';
import { toFloat16 } from '../../../src/graph/float16.ts';
import { inspectOnnx } from '../../../src/graph/inspect.ts';
import { obstacles } from '../../../src/graph/onnx/obstacles.ts';
import { onnxSignature } from '../../../src/graph/onnx/signature.ts';
import { writeOnnx } from '../../../src/graph/onnx/write.ts';
import { cast, relu, tanh } from '../../../src/graph/ops/elementwise.ts';
import { reshape } from '../../../src/graph/ops/layout.ts';
import { conv, convTranspose, matmul } from '../../../src/graph/ops/linear.ts';
import { mean, sum } from '../../../src/graph/ops/reduce.ts';
import { constant, input, topological } from '../../../src/graph/value.ts';
import { noise } from '../../helpers/numbers.ts';

/** [N, 2, 4, 4] through a convolution, an activation and a mean to [N, 3]. */
function network(): Uint8Array {
  const weights = cast(constant(toFloat16(noise('w', 54)), [3, 2, 3, 3]), 'float32');
  const y = mean(relu(conv(input('x', [1, 2, 4, 4]), weights, { pads: 1 })), [2, 3]);
  return writeOnnx({ y: tanh(matmul(y, constant(noise('v', 9), [3, 3]))) }, { batch: 'N' });
}

/** The network with its nodes changed by hand. */
function changed(change: (model: ReturnType<typeof decode>) => void): Uint8Array {
  const model = decode(network());
  change(model);
  return toBinary(ModelProtoSchema, model);
}
const decode = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes);
const nodeOf = (model: ReturnType<typeof decode>, opType: string) =>
  model.graph!.node.find((node) => node.opType === opType)!;

test('a signature tells ports, opset, producer, operators and weights', () => {
  const bytes = changed((model) => {
    model.producerName = 'pytorch';
    model.producerVersion = '2.9';
    model.graph!.input.push(create(ValueInfoProtoSchema, { name: 'free' }));
  });
  expect(onnxSignature(bytes)).toEqual({
    opset: 18,
    producer: 'pytorch 2.9',
    inputs: [
      { name: 'x', type: 'float32', shape: ['N', 2, 4, 4] },
      { name: 'free', type: 'unknown', shape: null },
    ],
    outputs: [{ name: 'y', type: 'float32', shape: ['N', 3] }],
    operators: { Cast: 1, Conv: 1, Identity: 1, MatMul: 1, ReduceMean: 1, Relu: 1, Reshape: 1, Tanh: 1 },
    parameters: { count: 63, bytes: 2 * 54 + 4 * 9 },
  });
});

test('initialisers that old files list as inputs are none', () => {
  const bytes = changed(({ graph }) => {
    for (const { name } of graph!.initializer) graph!.input.push(create(ValueInfoProtoSchema, { name }));
  });
  expect(onnxSignature(bytes).inputs.map(({ name }) => name)).toEqual(['x']);
});

test('operators that nobody knows are named, counted and no hindrance', () => {
  const bytes = changed((model) => {
    nodeOf(model, 'Relu').opType = 'Fancy';
    nodeOf(model, 'Tanh').domain = 'com.example';
    model.opsetImport.unshift(create(OperatorSetIdProtoSchema, { domain: 'com.example', version: 1n }));
  });
  const told = inspectOnnx(bytes);
  expect(told.opset).toBe(18);
  expect(told.operators).toMatchObject({ Fancy: 1, 'com.example.Tanh': 1 });
  expect(told.flops).toBeNull();
  expect(told.unread).toMatch(/Fancy|Tanh/);
  expect(told.obstacles).toEqual([
    { operator: 'Fancy', count: 1, node: nodeOf(decode(bytes), 'Fancy').name, reason: 'unknown operator' },
    { operator: 'com.example.Tanh', count: 1, node: nodeOf(decode(bytes), 'Tanh').name, reason: 'unknown operator' },
  ]);
});

test('what lies on no way from an input to an output is no obstacle', () => {
  const aside = changed(({ graph }) => {
    const [x, w] = [graph!.input[0]!.name, graph!.initializer[0]!.name];
    graph!.node.unshift(
      create(NodeProtoSchema, { opType: 'Mystery', input: [x], output: ['nowhere'] }),
      create(NodeProtoSchema, { opType: 'Enigma', input: [w], output: ['fromWeights'] }),
      create(NodeProtoSchema, { opType: 'Shape', input: [x], output: ['sizes'] }),
      create(NodeProtoSchema, { opType: 'Riddle', input: ['sizes'], output: ['also'] }),
    );
  });
  expect(obstacles(aside)).toEqual([]);
});

test('a function of the file is looked into', () => {
  const bytes = changed((model) => {
    Object.assign(nodeOf(model, 'Relu'), { opType: 'Block', domain: 'local' });
    const inner = ['Relu', 'Fancy', 'Shape'].map((opType) => create(NodeProtoSchema, { opType, name: `in${opType}` }));
    model.functions.push(create(FunctionProtoSchema, { name: 'Block', domain: 'local', node: inner }));
  });
  expect(obstacles(bytes)).toEqual([{ operator: 'Fancy', count: 1, node: 'inFancy', reason: 'unknown operator' }]);
});

test('FLOPs are per image: two per multiply-add, forward by hand, the gradient beyond it', () => {
  const [convolution, activation, reduction, product] = [2 * 48 * 18, 48, 48, 2 * 9 + 3];
  const told = inspectOnnx(network());
  expect(told.flops!.forward).toBe(convolution + activation + reduction + product);
  expect(told.flops!.backward).toBeGreaterThan(convolution); // the transposed convolution over again, and the rest
  expect(told.flops!.backward).toBeLessThan(2 * told.flops!.forward);
  const five = changed(({ graph }) => {
    for (const port of [...graph!.input, ...graph!.output]) {
      const type = port.type!.value;
      if (type.case === 'tensorType') type.value.shape!.dim[0]!.value = { case: 'dimValue', value: 5n };
    }
  });
  expect(inspectOnnx(five).flops!.forward).toBe(told.flops!.forward);
});

test('FLOPs of each kind of operator', () => {
  const x = input('x', [1, 4, 5, 5]);
  const up = convTranspose(x, constant(noise('w', 4 * 3 * 9), [4, 3, 3, 3]), { group: 2 });
  expect([up.shape, flops([up])]).toEqual([[1, 6, 7, 7], 2 * 100 * 27]);
  const grouped = conv(x, constant(noise('w', 6 * 2 * 9), [6, 2, 3, 3]), { group: 2 });
  expect(flops([grouped])).toBe(2 * 6 * 9 * 18);
  expect(flops([sum(x)])).toBe(0); // the value itself is a reshape ...
  expect(flops(topological([sum(x)]))).toBe(100); // ... of a reduction
  expect(flops(topological([tanh(reshape(x, [100]))]))).toBe(100);
});

test('damaged files give a LatentfillError or a signature, never anything else', () => {
  const bytes = network();
  const rng = random('mutations');
  let refused = 0;
  for (let i = 0; i < 3000; i++) {
    const mutant = i % 3 === 0 ? bytes.slice(0, Math.floor(rng() * bytes.length)) : bytes.slice();
    for (let k = 0; k < 1 + (i % 5); k++) mutant[Math.floor(rng() * mutant.length)] = Math.floor(rng() * 256);
    try {
      onnxSignature(mutant);
      obstacles(mutant);
    } catch (error) {
      expect(error).toBeInstanceOf(LatentfillError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(300);
});

test('weights of Constant nodes are counted', () => {
  const before = onnxSignature(network()).parameters;
  const bytes = changed(({ graph }) => {
    const t = graph!.initializer.find(({ dims }) => dims.length === 4)!;
    graph!.initializer.splice(graph!.initializer.indexOf(t), 1);
    const attribute = [create(AttributeProtoSchema, { name: 'value', type: AttributeProto_AttributeType.TENSOR, t })];
    graph!.node.unshift(create(NodeProtoSchema, { opType: 'Constant', output: [t.name], attribute }));
  });
  expect(onnxSignature(bytes).parameters).toEqual(before);
});
