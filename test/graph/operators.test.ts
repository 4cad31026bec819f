/** Every operator: its gradient at orders 1 and 2 against the float64 reference, and the reference against ONNX Runtime. */

import { afterAll, describe, expect, test } from 'vitest';
import { checkGrads } from '../../src/graph/check-grads.ts';
import * as op from '../../src/graph/elementwise.ts';
import { evaluate } from '../../src/graph/evaluate.ts';
import { toFloat16 } from '../../src/graph/float16.ts';
import { concat, expand, pad, reshape, slice, split, transpose } from '../../src/graph/layout.ts';
import { conv, convTranspose, matmul } from '../../src/graph/linear.ts';
import { mean, sum } from '../../src/graph/reduce.ts';
import { constant, count, input, type OpName, type Shape, topological, type Value } from '../../src/graph/value.ts';
import { vjps } from '../../src/graph/vjps.ts';
import { compile } from '../../src/runtime/compile.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

interface Case {
  readonly f: (...xs: Value[]) => Value;
  readonly shapes: readonly Shape[];
  readonly range?: readonly [number, number];
  /** False for what has no gradient. */
  readonly smooth?: boolean;
}

const broadcasting: Shape[][] = [
  [
    [2, 3],
    [2, 3],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [[1], [2, 2]],
  [[], [3]],
];
const binary = (f: (a: Value, b: Value) => Value, range?: readonly [number, number]): Case[] =>
  broadcasting.map((shapes) => ({ f: f as Case['f'], shapes, ...(range ? { range } : {}) }));
const unary = (f: (x: Value) => Value, range?: readonly [number, number]): Case[] =>
  [[[5]], [[2, 3, 2]]].map((shapes) => ({ f: f as Case['f'], shapes, ...(range ? { range } : {}) }));
const positive = [0.3, 2] as const;

const cases: Partial<Record<OpName, Case[]>> = {
  Identity: unary(op.identity),
  StopGradient: unary((x) => op.mul(x, op.stopGradient(constant([2], [])))),
  Cast: [{ f: (x) => op.mul(x, op.cast(constant(toFloat16([0.5, -2, 3]), [3]), 'float32')), shapes: [[2, 3]] }],
  Add: binary(op.add),
  Sub: binary(op.sub),
  Mul: binary(op.mul),
  Div: binary(op.div, positive),
  Pow: binary(op.pow, positive),
  Max: binary((a, b) => op.max(op.mul(a, a), b)),
  Min: binary((a, b) => op.min(op.mul(a, a), b)),
  Greater: [{ f: (a, b) => op.mul(op.where(op.greater(a, b), 2, 3), a!), shapes: [[2, 3], [3]] }],
  Where: [
    {
      f: (c, a, b) => op.where(op.greater(c!, 0), op.square(a!), op.mul(b!, a!)),
      shapes: [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
    },
    { f: (c, a) => op.where(op.greater(c!, 0), op.square(a!), 1), shapes: [[2, 1], [3]] },
  ],
  Neg: unary(op.neg),
  Abs: unary((x) => op.abs(op.mul(x, x))).concat(unary(op.abs, [0.2, 1]), unary(op.abs, [-1, -0.2])),
  Sign: unary((x) => op.mul(op.sign(x), x), [0.2, 1]),
  Sqrt: unary(op.sqrt, positive),
  Exp: unary(op.exp),
  Log: unary(op.log, positive),
  Tanh: unary(op.tanh),
  Sigmoid: unary(op.sigmoid),
  Softplus: unary(op.softplus, [-3, 3]),
  Relu: unary((x) => op.relu(op.mul(x, x))).concat(unary((x) => op.square(op.relu(x)), [-1, -0.1])),
  LeakyRelu: unary((x) => op.square(op.leakyRelu(x, 0.2)), [0.1, 1]).concat(
    unary((x) => op.square(op.leakyRelu(x, 0.2)), [-1, -0.1]),
  ),
  MatMul: [
    {
      f: matmul as Case['f'],
      shapes: [
        [3, 4],
        [4, 2],
      ],
    },
    {
      f: matmul as Case['f'],
      shapes: [
        [2, 3, 4],
        [4, 2],
      ],
    },
    {
      f: matmul as Case['f'],
      shapes: [
        [2, 1, 3, 4],
        [3, 4, 2],
      ],
    },
  ],
  Conv: [
    {
      f: (x, w) => conv(x!, w!),
      shapes: [
        [1, 1, 3, 3],
        [1, 1, 1, 1],
      ],
    },
    {
      f: (x, w) => conv(x!, w!, { strides: 2, pads: 1 }),
      shapes: [
        [2, 3, 8, 6],
        [4, 3, 4, 4],
      ],
    },
    {
      f: (x, w) => conv(x!, w!, { strides: 2, pads: 1 }),
      shapes: [
        [2, 2, 7, 8],
        [3, 2, 4, 4],
      ],
    },
    {
      f: (x, w) => conv(x!, w!, { strides: [3, 1], pads: [1, 0, 2, 1], dilations: [1, 2], group: 2 }),
      shapes: [
        [2, 4, 7, 6],
        [6, 2, 3, 2],
      ],
    },
  ],
  ConvTranspose: [
    {
      f: (x, w) => convTranspose(x!, w!, { strides: 2, pads: 1 }),
      shapes: [
        [2, 3, 4, 3],
        [3, 2, 4, 4],
      ],
    },
    {
      f: (x, w) => convTranspose(x!, w!, { strides: 2, pads: [1, 0, 0, 1], outputPadding: [1, 0], group: 2 }),
      shapes: [
        [2, 4, 3, 4],
        [4, 3, 3, 3],
      ],
    },
    {
      f: (x, w) => convTranspose(x!, w!, { dilations: 2 }),
      shapes: [
        [1, 2, 3, 3],
        [2, 1, 2, 2],
      ],
    },
  ],
  ReduceSum: [
    { f: (x) => op.square(sum(x!, [1])), shapes: [[2, 3, 2]] },
    { f: (x) => op.square(sum(x!, [0, -1], { keep: true })), shapes: [[2, 3, 2]] },
    { f: (x) => op.square(sum(x!)), shapes: [[4]] },
  ],
  ReduceMean: [
    { f: (x) => op.square(mean(x!, [0, 2])), shapes: [[2, 3, 2]] },
    { f: (x) => op.square(mean(x!)), shapes: [[4]] },
  ],
  Reshape: [{ f: (x) => op.square(matmul(reshape(x!, [3, -1]), constant(noise('r', 8), [4, 2]))), shapes: [[2, 6]] }],
  Expand: [
    { f: (x) => op.square(expand(x!, [2, 3, 4])), shapes: [[3, 1]] },
    { f: (x) => op.square(expand(x!, [2, 3])), shapes: [[]] },
  ],
  Transpose: [{ f: (x) => op.square(transpose(x!, [2, 0, 1])), shapes: [[2, 3, 4]] }],
  Concat: [
    {
      f: (a, b) => op.square(concat([a!, b!], 1)),
      shapes: [
        [2, 3],
        [2, 1],
      ],
    },
    {
      f: (a, b, c) => op.square(concat([a!, b!, c!], 0)),
      shapes: [
        [1, 2],
        [2, 2],
        [1, 2],
      ],
    },
  ],
  Slice: [
    { f: (x) => op.square(slice(x!, [0, 1], [3, 8], [2, 3])), shapes: [[4, 9]] },
    { f: (x) => op.square(slice(x!, [1, 0, 1], [2, 2, 3])), shapes: [[2, 3, 3]] },
    { f: (x) => op.mul(...(split(x!, [2, 2], 0) as [Value, Value])), shapes: [[4, 3]] },
  ],
  Pad: [{ f: (x) => op.square(pad(op.add(x!, 1), [0, 1, 2, 0])), shapes: [[2, 3]] }],
};

const sources = ['Input', 'Constant'];
const programs: AsyncDisposable[] = [];
afterAll(async () => {
  for (const program of programs) await program[Symbol.asyncDispose]();
});

test('every operator has cases', () => {
  expect(Object.keys(cases).sort()).toEqual(
    Object.keys(vjps)
      .filter((name) => !sources.includes(name))
      .sort(),
  );
});

describe.each(Object.entries(cases))('%s', (name, list) => {
  test.each(
    list.map(({ shapes, range }, i) => [shapes.map((shape) => `[${shape}]`).join(' '), range ?? [-1, 1], i] as const),
  )('%s in [%s]', async (_shapes, range, i) => {
    const { f, shapes } = list[i]!;
    const xs = shapes.map((shape, k) => input(`x${k}`, shape));
    const y = f(...xs);
    expect(topological([y]).some((value) => value.op === name)).toBe(true);
    checkGrads(f, shapes, { range: range as [number, number], order: 2 });

    // Forward: ONNX Runtime's kernels against the reference.
    const feeds = Object.fromEntries(
      shapes.map((shape, k) => [`x${k}`, noise(`${name} ${i} ${k}`, count(shape), range[0], range[1])]),
    );
    const program = await compile({ y });
    programs.push(program);
    const { y: got } = await program.run(feeds);
    expectClose(got!, evaluate([y], feeds)[0]!, 1e-5);
  });
});
