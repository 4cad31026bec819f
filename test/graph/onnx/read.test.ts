/** The reader on files as other tools write them: sizes, batches, functions, branches, and what it does not know. */

import { create } from '@bufbuild/protobuf';
import { type TensorProto, TensorProtoSchema } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { toFloat16 } from '../../../src/graph/float16.ts';
import { grad } from '../../../src/graph/grad.ts';
import { readOnnx } from '../../../src/graph/onnx/read.ts';
import { writeOnnx } from '../../../src/graph/onnx/write.ts';
import { sum } from '../../../src/graph/ops/reduce.ts';
import { evaluate } from '../../../src/graph/reference/evaluate.ts';
import { topological, type Value } from '../../../src/graph/value.ts';
import { compile } from '../../../src/runtime/compile.ts';
import { expectClose, noise } from '../../helpers/numbers.ts';
import { bool, float32, int64, type ModelSpec, onnxGraph, onnxModel } from '../../helpers/onnx.ts';

const operators = (y: Value) => topological([y]).map(({ op }) => op);

describe('sizes', () => {
  // As TorchScript writes x.view(x.size(0), -1) beside a gather of shapes.
  const flatten: ModelSpec = {
    inputs: { x: ['batch', 2, 3] },
    outputs: ['y'],
    tensors: [int64([0], [], 'zero'), int64([0], [1], 'axis'), int64([-1], [1], 'rest')],
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Gather', inputs: ['shape', 'zero'], outputs: ['n'], attributes: { axis: 0n } },
      { op: 'Unsqueeze', inputs: ['n', 'axis'], outputs: ['n1'] },
      { op: 'Concat', inputs: ['n1', 'rest'], outputs: ['target'], attributes: { axis: 0n } },
      { op: 'Reshape', inputs: ['x', 'target'], outputs: ['y'] },
      { op: 'Relu', inputs: ['x'], outputs: ['unused'] },
    ],
  };

  test('computed from shapes fold away, and so do nodes that nothing needs', () => {
    const { y } = readOnnx(onnxModel(flatten), { inputShapes: { x: [5, 2, 3] } }).outputs;
    expect(y!.shape).toEqual([5, 6]);
    expect(operators(y!)).toEqual(['Input', 'Reshape']);
  });

  test('that are symbolic must be given, and a name stands for one size', () => {
    expect(() => readOnnx(onnxModel(flatten))).toThrow(/known sizes for the model's input 'x'.*give inputShapes/);
    const two: ModelSpec = {
      inputs: { a: ['N', 2], b: ['N', 2] },
      outputs: ['y'],
      nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['y'] }],
    };
    expect(readOnnx(onnxModel(two), { inputShapes: { a: [3, 2] } }).inputs.b!.shape).toEqual([3, 2]);
    expect(() => readOnnx(onnxModel(two), { inputShapes: { a: [3, 4] } })).toThrow(/\[N,2\].*'a'.*\[3,4\]/);
    expect(() => readOnnx(onnxModel(two), { inputShapes: { c: [3, 4] } })).toThrow(
      /inputs that the model has \(a,b\), got 'c'/,
    );
  });
});

describe('a file fixed at batch 1', () => {
  const w = noise('w', 4 * 12);
  const fixed = (shape: number[]): ModelSpec => ({
    inputs: { z: [1, 4] },
    outputs: ['y'],
    tensors: [float32(w, [4, 12], 'w'), int64(shape, [shape.length], 'shape')],
    declared: { y: [1, 3, 2, 2] },
    nodes: [
      { op: 'MatMul', inputs: ['z', 'w'], outputs: ['h'] },
      { op: 'Reshape', inputs: ['h', 'shape'], outputs: ['y'] },
    ],
  });

  test.each([[[1, 3, 2, 2]], [[1, -1, 2, 2]], [[-1, 3, 2, 2]], [[0, 3, 2, 2]]])(
    'is read at batch 3 with a reshape to %s',
    (shape) => {
      const bytes = onnxModel(fixed(shape));
      const z = noise('z', 12);
      const { y } = readOnnx(bytes, { inputShapes: { z: [3, 4] } }).outputs;
      expect(y!.shape).toEqual([3, 3, 2, 2]);
      const alone = readOnnx(bytes).outputs.y!;
      const rows = [0, 1, 2].flatMap((i) => [...evaluate([alone], { z: z.slice(i * 4, i * 4 + 4) })[0]!]);
      expectClose(evaluate([y!], { z })[0]!, rows, 1e-12);
    },
  );

  test('tells the node that cannot follow, and how to export', () => {
    const column = [float32(noise('v', 10), [10, 1], 'column')];
    const stuck = onnxModel({
      ...fixed([1]),
      tensors: [...fixed([1]).tensors!, ...column],
      nodes: [
        fixed([1]).nodes[0]!,
        { op: 'Transpose', inputs: ['h'], outputs: ['t'] },
        { op: 'Concat', inputs: ['t', 'column'], outputs: ['y'], name: 'stuck', attributes: { axis: 1n } },
      ],
    });
    expect(() => readOnnx(stuck, { inputShapes: { z: [3, 4] } })).toThrow(
      /at node 'stuck' \(Concat\): the file is made for batch 1 and cannot be read at 3; export it with a symbolic batch/,
    );
  });
});

test('the batch is not blamed for what fails at any', () => {
  const bytes = onnxModel({
    inputs: { z: [1, 4] },
    outputs: ['y'],
    tensors: [int64([9], [1], 'nine')],
    nodes: [{ op: 'Gather', inputs: ['z', 'nine'], outputs: ['y'], attributes: { axis: 1n }, name: 'lookup' }],
  });
  expect(() => readOnnx(bytes, { inputShapes: { z: [3, 4] } })).toThrow(
    /^Expected indices from -4 to 3, got \[9\], at node 'lookup' \(Gather\)\.$/,
  );
});

describe('weights', () => {
  const gemm = (w: TensorProto): ModelSpec => ({
    inputs: { x: [2, 3] },
    outputs: ['y'],
    tensors: [w],
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
  });
  const numbers = Float32Array.from([0.5, -1, 2, 0.25, 3, -0.125]);
  const raw = (data: ArrayBufferView) => new Uint8Array(data.buffer as ArrayBuffer);
  const dims = [3n, 2n];
  const forms: Record<string, TensorProto> = {
    'raw float32': float32(numbers, [3, 2], 'w'),
    'typed float32': create(TensorProtoSchema, { name: 'w', dims, dataType: 1, floatData: [...numbers] }),
    float64: create(TensorProtoSchema, { name: 'w', dims, dataType: 11, rawData: raw(Float64Array.from(numbers)) }),
    float16: create(TensorProtoSchema, { name: 'w', dims, dataType: 10, rawData: raw(toFloat16(numbers)) }),
    'typed float16': create(TensorProtoSchema, { name: 'w', dims, dataType: 10, int32Data: [...toFloat16(numbers)] }),
    bfloat16: create(TensorProtoSchema, {
      name: 'w',
      dims,
      dataType: 16,
      rawData: raw(Uint16Array.from(new Uint32Array(numbers.slice().buffer), (bits) => bits >>> 16)),
    }),
  };

  test.each(Object.entries(forms))('as %s', (_name, tensor) => {
    const x = noise('x', 6);
    const expected = evaluate([readOnnx(onnxModel(gemm(forms['raw float32']!))).outputs.y!], { x })[0]!;
    expectClose(evaluate([readOnnx(onnxModel(gemm(tensor))).outputs.y!], { x })[0]!, expected, 1e-12);
  });

  test('of float16 stay half as large, when written again too', () => {
    const data = toFloat16(noise('half', 100 * 100));
    const half = create(TensorProtoSchema, { name: 'w', dims: [100n, 100n], dataType: 10, rawData: raw(data) });
    const { outputs } = readOnnx(onnxModel({ ...gemm(half), inputs: { x: [2, 100] } }));
    expect(writeOnnx({ out: outputs.y! }).length).toBeLessThan(data.byteLength * 1.1);
  });

  test('in another file are asked for by their name, and must lie within it', () => {
    const beside = (offset: string, length: string) =>
      create(TensorProtoSchema, {
        name: 'w',
        dims,
        dataType: 1,
        dataLocation: 1,
        externalData: [
          { key: 'location', value: 'w.bin' },
          { key: 'offset', value: offset },
          { key: 'length', value: length },
        ],
      });
    const file = raw(Float32Array.from([9, 9, ...numbers]));
    const asked: string[] = [];
    const external = (name: string) => {
      asked.push(name);
      return file;
    };
    const x = noise('x', 6);
    const { y } = readOnnx(onnxModel(gemm(beside('8', '24'))), { external }).outputs;
    const expected = evaluate([readOnnx(onnxModel(gemm(forms['raw float32']!))).outputs.y!], { x })[0]!;
    expectClose(evaluate([y!], { x })[0]!, expected, 1e-12);
    expect(asked).toEqual(['w.bin']);
    expect(() => readOnnx(onnxModel(gemm(beside('8', '24'))))).toThrow(
      /all weights in the model's file, got tensor 'w' in 'w.bin'/,
    );
    for (const [offset, length] of [
      ['16', '24'],
      ['-8', '24'],
      ['8', '-24'],
      ['1e99', '24'],
      ['x', '24'],
    ]) {
      expect(() => readOnnx(onnxModel(gemm(beside(offset!, length!))), { external })).toThrow(
        /its bytes within the 32 of 'w.bin'/,
      );
    }
  });
});

test('batch norm folds into the convolution before it, grouped and transposed ones too', () => {
  const bn = { scale: noise('s', 4, 0.5, 2), bias: noise('b', 4), mean: noise('m', 4), var: noise('v', 4, 0.5, 2) };
  for (const [op, w, attributes] of [
    ['Conv', [4, 2, 3, 3], {}],
    ['Conv', [4, 1, 3, 3], { group: 2n }],
    ['ConvTranspose', [2, 4, 3, 3], {}],
    ['ConvTranspose', [2, 2, 3, 3], { group: 2n }],
  ] as const) {
    const weights = float32(noise(`w${w}`, w[0] * w[1] * 9), w, 'w');
    const statistics = Object.entries(bn).map(([name, data]) => float32(data, [4], name));
    const nodes = [
      { op, inputs: ['x', 'w', 'bias0'], outputs: ['h'], attributes },
      { op: 'BatchNormalization', inputs: ['h', ...Object.keys(bn)], outputs: ['y'] },
    ];
    const spec: ModelSpec = {
      inputs: { x: [1, 2, 5, 5] },
      outputs: ['y'],
      nodes,
      tensors: [weights, float32(noise('bias0', 4), [4], 'bias0'), ...statistics],
    };
    const { y } = readOnnx(onnxModel(spec)).outputs;
    expect(operators(y!).filter((name) => name !== 'Constant' && name !== 'Input')).toEqual([op, 'Add']);
    // With h wanted as well, the convolution has to stay as it is.
    const both = readOnnx(onnxModel({ ...spec, outputs: ['y', 'h'] })).outputs;
    expect(operators(both.y!)).toContain('Mul');
    const feeds = { x: noise('x', 50) };
    expectClose(evaluate([y!], feeds)[0]!, evaluate([both.y!], feeds)[0]!, 1e-6);
  }
});

test('functions of the model are put in place of their calls, with attributes of the call or their own', () => {
  const { outputs } = readOnnx(
    onnxModel({
      inputs: { x: [2, 3] },
      outputs: ['y'],
      functions: [
        {
          name: 'Twice',
          domain: 'own',
          inputs: ['a'],
          outputs: ['c'],
          nodes: [
            { op: 'Half', domain: 'own', inputs: ['a'], outputs: ['b'] },
            { op: 'Half', domain: 'own', inputs: ['b'], outputs: ['c'] },
          ],
        },
        {
          name: 'Half',
          domain: 'own',
          inputs: ['a'],
          outputs: ['b'],
          nodes: [
            { op: 'Constant', inputs: [], outputs: ['half'], attributes: { value_float: 0.5 } },
            { op: 'Mul', inputs: ['a', 'half'], outputs: ['b'] },
          ],
        },
      ],
      nodes: [{ op: 'Twice', domain: 'own', inputs: ['x'], outputs: ['y'] }],
    }),
  );
  const x = noise('x', 6);
  expectClose(
    evaluate([outputs.y!], { x })[0]!,
    x.map((v) => v / 4),
  );

  const endless: ModelSpec = {
    inputs: { x: [2] },
    outputs: ['y'],
    functions: [
      {
        name: 'F',
        domain: 'own',
        inputs: ['a'],
        outputs: ['b'],
        nodes: [{ op: 'F', domain: 'own', inputs: ['a'], outputs: ['b'] }],
      },
    ],
    nodes: [{ op: 'F', domain: 'own', inputs: ['x'], outputs: ['y'] }],
  };
  expect(() => readOnnx(onnxModel(endless))).toThrow(/functions that do not call themselves/);
});

test('a branch is chosen where its condition is known, and sees the names around it', () => {
  const branch = (op: string) =>
    onnxGraph({ inputs: {}, outputs: ['b'], nodes: [{ op, inputs: ['x'], outputs: ['b'] }] });
  const spec = (tensors: TensorProto[], inputs: ModelSpec['inputs']): ModelSpec => ({
    inputs,
    outputs: ['y'],
    tensors,
    types: { c: 9, y: 1 },
    nodes: [
      {
        op: 'If',
        inputs: ['c'],
        outputs: ['y'],
        attributes: { then_branch: branch('Exp'), else_branch: branch('Neg') },
        name: 'choice',
      },
    ],
  });
  for (const [condition, op] of [
    [1, 'Exp'],
    [0, 'Neg'],
  ] as const) {
    const { y } = readOnnx(onnxModel(spec([bool([condition], [], 'c')], { x: [2] }))).outputs;
    expect(operators(y!)).toEqual(['Input', op]);
  }
  expect(() => readOnnx(onnxModel(spec([], { x: [2], c: [] })))).toThrow(
    /a condition known when the model is read.*node 'choice' \(If\)/,
  );
});

test("the standard's Gradient is resolved, also where it is run at other values", () => {
  const spec = (fed: string[]): ModelSpec => ({
    inputs: { x: [2], w: [2], x2: [2] },
    outputs: ['dx', 'dw'],
    domains: { 'ai.onnx.preview.training': 1 },
    nodes: [
      { op: 'Mul', inputs: ['x', 'w'], outputs: ['p'] },
      { op: 'Mul', inputs: ['p', 'p'], outputs: ['y'] },
      {
        op: 'Gradient',
        domain: 'ai.onnx.preview.training',
        inputs: fed,
        outputs: ['dx', 'dw'],
        attributes: { xs: ['x', 'w'], y: 'y' },
      },
    ],
  });
  const [x, w, x2] = [noise('x', 2), noise('w', 2), noise('x2', 2)];
  for (const [fed, at] of [
    [['x', 'w'], x],
    [['x2', 'w'], x2],
  ] as const) {
    const { outputs } = readOnnx(onnxModel(spec([...fed])));
    const [dx, dw] = evaluate([outputs.dx!, outputs.dw!], { x, w, x2 });
    expectClose(
      dx!,
      at.map((v, i) => 2 * v * w[i]! ** 2),
    );
    expectClose(
      dw!,
      at.map((v, i) => 2 * w[i]! * v ** 2),
    );
  }
});

describe('an operator that is not known', () => {
  const spec = (declared: ModelSpec['declared']): ModelSpec => ({
    inputs: { x: ['N', 3], s: ['N', 3] },
    outputs: ['y'],
    ...(declared ? { declared } : {}),
    nodes: [
      { op: 'Hardmax', inputs: ['s'], outputs: ['a'], name: 'pick' },
      { op: 'Mul', inputs: ['x', 'a'], outputs: ['y'] },
    ],
  });
  const bytes = onnxModel(spec({ a: ['N', 3] }));

  test('runs as it is, and lets gradients pass beside it', async () => {
    const { inputs, outputs } = readOnnx(bytes, { inputShapes: { x: [2, 3] } });
    const [dx] = grad(sum(outputs.y!), [inputs.x!]);
    const feeds = { x: noise('x', 6), s: noise('s', 6) };
    await using program = await compile({ y: outputs.y!, dx: dx! });
    const got = await program.run(feeds);
    const hard = Float32Array.from(feeds.s, (v, i) =>
      v === Math.max(...feeds.s.slice(i - (i % 3), i - (i % 3) + 3)) ? 1 : 0,
    );
    expectClose(
      got.y!,
      feeds.x.map((v, i) => v * hard[i]!),
    );
    expectClose(got.dx!, hard);
  });

  test('is an error where a gradient must pass, with its node and what to do', () => {
    const { inputs, outputs } = readOnnx(bytes, { inputShapes: { x: [2, 3] } });
    expect(() => grad(sum(outputs.y!), [inputs.s!])).toThrow(
      /got Hardmax at node 'pick': export the model without it.*operators.md/,
    );
  });

  test('needs a declared shape', () => {
    expect(() => readOnnx(onnxModel(spec(undefined)), { inputShapes: { x: [2, 3] } })).toThrow(
      /got Hardmax without: run onnx.shape_inference.*at node 'pick' \(Hardmax\)/,
    );
  });
});

test('circles, damaged nodes and missing names are told', () => {
  const circle: ModelSpec = {
    inputs: { x: [2] },
    outputs: ['y'],
    nodes: [
      { op: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
      { op: 'Neg', inputs: ['a'], outputs: ['b'] },
      { op: 'Neg', inputs: ['b'], outputs: ['y'] },
    ],
  };
  expect(() => readOnnx(onnxModel(circle))).toThrow(/a graph without circles in the model, got one through node/);
  const one = (op: string, attributes = {}): ModelSpec => ({
    inputs: { x: [2, 3] },
    outputs: ['y'],
    nodes: [{ op, inputs: ['x'], outputs: ['y'], attributes }],
  });
  expect(() => readOnnx(onnxModel(one('Conv')))).toThrow(/Expected .* at node 'y' \(Conv\)/);
  expect(() => readOnnx(onnxModel(one('Reshape')))).toThrow(/Expected a shape, got none, at node 'y'/);
  expect(() => readOnnx(onnxModel({ ...one('Neg'), outputs: ['z'] }))).toThrow(/'z' to be made by some node/);
  expect(() => readOnnx(onnxModel({ ...one('Neg'), opset: 6 }))).toThrow(/operator set 11 or newer, got 6/);
});
