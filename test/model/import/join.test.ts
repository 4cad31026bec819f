import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, NodeProtoSchema, TensorProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { readOnnx } from '../../../src/graph/onnx/read.ts';
import { onnxSignature } from '../../../src/graph/onnx/signature.ts';
import { writeOnnx } from '../../../src/graph/onnx/write.ts';
import { add, mul, tanh } from '../../../src/graph/ops/elementwise.ts';
import { matmul } from '../../../src/graph/ops/linear.ts';
import { evaluate } from '../../../src/graph/reference/evaluate.ts';
import { constant, input, type Value } from '../../../src/graph/value.ts';
import { joinOnnx } from '../../../src/model/import/join.ts';
import { expectClose, noise } from '../../helpers/numbers.ts';

const wide = constant(noise('wide', 12), [3, 4]);
const square = constant(noise('square', 16), [4, 4]);
const first = (z: Value) => tanh(matmul(z, wide));
const second = (w: Value) => add(mul(matmul(w, square), 2), w);
const write = (outputs: Record<string, Value>) => writeOnnx(outputs, { batch: 'batch' });
const mapping = write({ style: first(input('z', [1, 3])) });
const synthesis = write({ image: second(input('style', [1, 4])) });
const z = noise('z', 6);
const wanted = evaluate([second(first(input('z', [2, 3])))], { z })[0]!;

/** What a model makes of two rows of z, by our reader and by ONNX Runtime. */
async function expectJoined(onnx: Uint8Array, output: string, fed = 'z'): Promise<void> {
  const { outputs } = readOnnx(onnx, { inputShapes: { [fed]: [2, 3] } });
  expect(Object.keys(outputs)).toEqual([output]);
  expectClose(evaluate([outputs[output]!], { [fed]: z })[0]!, wanted);
  const session = await InferenceSession.create(onnx);
  const run = await session.run({ [fed]: new Tensor('float32', z, [2, 3]) });
  expectClose(run[output]!.data as Float32Array, wanted);
}

describe('two models become one', () => {
  test('from the inputs of the first to the outputs of the second, however names collide', async () => {
    const joined = joinOnnx(mapping, synthesis, { name: 'w' });
    await expectJoined(joined, 'image');
    const { inputs, outputs } = onnxSignature(joined);
    expect([inputs, outputs]).toMatchObject([[{ name: 'z' }], [{ name: 'image', shape: ['batch', 4] }]]);
    const { graph } = fromBinary(ModelProtoSchema, joined);
    expect(graph!.valueInfo.map(({ name }) => name)).toEqual(['w']);
    expect(graph!.node.flatMap(({ output }) => output)).toContain('w');
  });

  test('names of the first give way to those of the second’s outputs, and to that of the tensor between', async () => {
    await expectJoined(joinOnnx(mapping, synthesis, { name: 'v2' }), 'image');
    const odd = write({ style: first(input('image', [1, 3])) });
    const joined = joinOnnx(odd, synthesis, { name: 'style' });
    await expectJoined(joined, 'image', onnxSignature(joined).inputs[0]!.name);
  });

  test('names within branches are followed', async () => {
    const model = fromBinary(ModelProtoSchema, synthesis);
    const { node, output, initializer } = model.graph!;
    const g = create(GraphProtoSchema, { name: 'branch', node, output });
    const attribute = ['then_branch', 'else_branch'].map((name) => ({ name, type: 5, g }));
    model.graph!.node = [create(NodeProtoSchema, { opType: 'If', input: ['always'], output: ['drawn'], attribute })];
    initializer.push(create(TensorProtoSchema, { name: 'always', dataType: 9, rawData: Uint8Array.of(1) }));
    model.graph!.output = [create(ValueInfoProtoSchema, { ...output[0]!, name: 'drawn' })];
    const branched = toBinary(ModelProtoSchema, model);
    await expectJoined(joinOnnx(mapping, branched, { name: 'w' }), 'drawn');
  });
});

describe('models that do not belong together are refused', () => {
  const narrow = write({ image: mul(input('style', [1, 5]), 2) });
  const two = write({ style: input('z', [1, 4]), other: mul(input('z', [1, 4]), 2) });
  test.each([
    [
      'another width',
      mapping,
      narrow,
      /takes 'style' \(float32 \[batch, 4\]\), got 'style' \(float32 \[batch, 5\]\): join two that belong/,
    ],
    ['two outputs', two, synthesis, /Expected one output of the first model, got 'style' .*, 'other'/],
    ['no model', new Uint8Array(5), synthesis, /Expected an ONNX model/],
    ['another operator set', mapping, otherOpset(), /one version of the operators, got 18 and 21: export both again/],
  ] as const)('%s', (_, a, b, message) => {
    expect(() => joinOnnx(a, b, { name: 'w' })).toThrow(message);
  });

  test('a name between that an output has', () => {
    expect(() => joinOnnx(mapping, synthesis, { name: 'image' })).toThrow(
      /^Expected a name that no output has, got 'image': choose another\.$/,
    );
  });
});

function otherOpset(): Uint8Array {
  const model = fromBinary(ModelProtoSchema, synthesis);
  model.opsetImport[0]!.version = 21n;
  return toBinary(ModelProtoSchema, model);
}
