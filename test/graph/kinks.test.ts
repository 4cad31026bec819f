/** Gradients where an operator has a kink, a pole or no bounds: the values of PyTorch 2.15. */

import { describe, expect, test } from 'vitest';
import { grad } from '../../src/graph/grad.ts';
import { readOnnx } from '../../src/graph/onnx/read.ts';
import { pow, prelu, relu, sqrt } from '../../src/graph/ops/elementwise.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { input } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/compile.ts';
import { type Attribute, float32, onnxModel } from '../helpers/onnx.ts';

const inf = Number.POSITIVE_INFINITY;

/** The operator, the elements of x, and ∂Σy/∂x; then attributes, further inputs of the file, and the operator set. */
type Row = readonly [
  op: string,
  x: readonly number[],
  dx: readonly number[],
  attributes?: Readonly<Record<string, Attribute>>,
  more?: readonly (number | readonly number[])[],
  opset?: number,
];

const at = [-3, -1, 0, 1, 3, -100, 100];

const elementwise: readonly Row[] = [
  ['Abs', at, [-1, -1, 0, 1, 1, -1, 1]],
  ['Sign', at, [0, 0, 0, 0, 0, 0, 0]],
  ['Relu', at, [0, 0, 0, 1, 1, 0, 1]],
  ['LeakyRelu', at, [0.2, 0.2, 0.2, 1, 1, 0.2, 1], { alpha: 0.2 }],
  ['LeakyRelu', at, [-0.2, -0.2, -0.2, 1, 1, -0.2, 1], { alpha: -0.2 }],
  ['LeakyRelu', at, [0, 0, 0, 1, 1, 0, 1], { alpha: 0 }],
  ['PRelu', at, [0.25, 0.25, 0.25, 1, 1, 0.25, 1], {}, [[0.25]]],
  ['PRelu', at, [0.5, -2, 0.25, 1, 1, 0, 1], {}, [[0.5, -2, 0.25, 9, 9, 0, 9]]],
  ['Elu', at, [0.7 * Math.exp(-3), 0.7 * Math.exp(-1), 0.7, 1, 1, 0, 1], { alpha: 0.7 }],
  ['Elu', at, [Math.exp(-3), Math.exp(-1), 1, 1, 1, 0, 1]],
  ['Elu', at, [-0.7 * Math.exp(-3), -0.7 * Math.exp(-1), -0.7, 1, 1, 0, 1], { alpha: -0.7 }],
  ['Selu', at, [0.087531, 0.646769, 1.758099, 1.050701, 1.050701, 0, 1.050701]],
  ['Celu', at, [Math.exp(-3 / 0.8), Math.exp(-1 / 0.8), 1, 1, 1, 0, 1], { alpha: 0.8 }],
  ['ThresholdedRelu', at, [0, 0, 0, 0, 1, 0, 1], { alpha: 1 }],
  ['Clip', at, [0, 0, 1, 0, 0, 0, 0], {}, [-1, 1]],
  ['Clip', [-1, 0, 3, 6, 7], [0, 0, 1, 0, 0], {}, [0, 6]],
  ['Clip', [-1, 0, 3, 6, 7], [0, 0, 1, 0, 0], { min: 0, max: 6 }, [], 9],
  ['HardSigmoid', at, [0, 1 / 6, 1 / 6, 1 / 6, 0, 0, 0], { alpha: 1 / 6, beta: 0.5 }],
  ['HardSwish', at, [0, 1 / 6, 0.5, 5 / 6, 1, 0, 1]],
  ['Softsign', at, [0.0625, 0.25, 1, 0.25, 0.0625, 1 / 10201, 1 / 10201]],
  ['Softplus', at, [0.047426, 0.268941, 0.5, 0.731059, 0.952574, 0, 1]],
  ['Sigmoid', at, [0.045177, 0.196612, 0.25, 0.196612, 0.045177, 0, 0]],
  ['Tanh', at, [0.009866, 0.419974, 1, 0.419974, 0.009866, 0, 0]],
  ['Gelu', at, [-0.011946, -0.083315, 0.5, 1.083315, 1.011946, 0, 1], {}, [], 20],
  ['Gelu', at, [-0.011584, -0.082964, 0.5, 1.082964, 1.011584, 0, 1], { approximate: 'tanh' }, [], 20],
  ['Mish', at, [-0.093393, 0.059217, 0.6, 1.049036, 1.021107, 0, 1]],
  ['Swish', at, [-0.088104, 0.072329, 0.5, 0.927671, 1.088104, 0, 1], {}, [], 24],
  ['Erf', at, [0.000139, 0.415107, 1.128379, 0.415107, 0.000139, 0, 0]],
  ['Atan', at, [0.1, 0.5, 1, 0.5, 0.1, 1 / 10001, 1 / 10001]],
  ['Asinh', at, [0.316228, Math.SQRT1_2, 1, Math.SQRT1_2, 0.316228, 0.0099995, 0.0099995]],
  ['Acosh', [1, 3, 100], [inf, 0.353553, 0.0100005]],
  ['Asin', [-1, 0, 1], [inf, 1, inf]],
  ['Acos', [-1, 0, 1], [-inf, -1, -inf]],
  ['Atanh', [-1, 0, 1], [inf, 1, inf]],
  ['Sinh', [0, 3], [1, 10.067662]],
  ['Cosh', [0, 3], [0, 10.017875]],
  ['Tan', [0, 1], [1, 3.425519]],
  ['Sqrt', [0, 1], [inf, 0.5]],
  ['Log', [0, 1], [inf, 1]],
  ['Reciprocal', [0, -1], [-inf, -1]],
  ['Pow', at, [0, 0, 0, 0, 0, 0, 0], {}, [0]],
  ['Pow', at, [1, 1, 1, 1, 1, 1, 1], {}, [1]],
  ['Pow', at, [-6, -2, 0, 2, 6, -200, 200], {}, [2]],
  ['Pow', at, [27, 3, 0, 3, 27, 3e4, 3e4], {}, [3]],
  ['Pow', at, [-108, -4, 0, 4, 108, -4e6, 4e6], {}, [4]],
  ['Pow', [0, 1, 100], [0, 1.5, 15], {}, [1.5]],
  ['Pow', [0, 1, 100], [inf, 0.5, 0.05], {}, [0.5]],
  ['Pow', [-1, 0, 1], [-1, -inf, -1], {}, [-1]],
  ['Pow', [0, 0, 0, -2, -2], [0, 1, 0, -4, 12], {}, [[0, 1, 2, 2, 3]]],
];

const whole: readonly Row[] = [
  ['ReduceL2', [0, 0, 0], [0, 0, 0]],
  ['ReduceL1', [0, 0, 1], [0, 0, 1]],
  ['ReduceProd', [0, 2, 3], [6, 0, 0]],
  ['ReduceMax', [1, 1, 0], [0.5, 0.5, 0]],
  ['ReduceLogSumExp', [-inf, 0, -inf], [0, 1, 0]],
  ['ReduceLogSumExp', [1000, 0, 1], [1, 0, 0]],
  ['LogSoftmax', [-inf, 0, -inf], [1, -2, 1]],
];

/** Where PyTorch has NaN, 0 or the norm with which ONNX Runtime's kernel divides by nothing. */
const ours: readonly Row[] = [
  ['ReduceLogSumExp', [-inf, -inf], [0, 0]],
  ['LpNormalization', [0, 0, 0], [0, 0, 0]],
  ['LpNormalization', [0, 0, 0], [0, 0, 0], { p: 1n }],
  ['MeanVarianceNormalization', [2, 2, 2], [0, 0, 0], { axes: [0n] }],
];

const nameOf = ([op, x, , attributes = {}, more = []]: Row) =>
  `${op} at ${x}${Object.entries(attributes).map((pair) => ` ${pair.join('=')}`)}${more.map((m) => ` {${m}}`)}`;

function graphOf([op, x, , attributes = {}, more = [], opset = 18]: Row) {
  const tensors = more.map((m, i) => float32([m].flat(), typeof m === 'number' ? [] : [m.length], `c${i}`));
  const names = ['x', ...tensors.map(({ name }) => name)];
  const nodes = [{ op, inputs: names, outputs: ['y'], attributes }];
  const { inputs, outputs } = readOnnx(onnxModel({ inputs: { x: [x.length] }, tensors, nodes, outputs: ['y'], opset }));
  return { x: inputs.x!, y: outputs.y! };
}

function expectEach(got: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  const far = wanted.flatMap((w, i) => {
    const near = got[i] === w || Math.abs(got[i]! - w) <= tolerance * Math.max(1, Math.abs(w));
    return near ? [] : [`${i}: ${got[i]} for ${w}`];
  });
  expect(far).toEqual([]);
}

describe('as PyTorch has them', () => {
  test.each([...elementwise, ...whole, ...ours].map((row) => [nameOf(row), row] as const))('%s', async (_, row) => {
    const { x, y } = graphOf(row);
    const [dx] = grad(sum(y), [x]);
    expectEach(evaluate([dx!], { x: row[1] })[0]!, row[2], 2e-6);
    await using program = await compile({ dx: dx! }, { device: 'cpu' });
    expectEach((await program.run({ x: Float32Array.from(row[1]) })).dx!, row[2], 1e-5);
  });
});

test('values that tie for the largest share the gradient; zeros times an infinite one are chosen', () => {
  const nodes = (op: string) => [{ op, inputs: ['a', 'b'], outputs: ['y'] }];
  for (const [op, wins] of [
    ['Max', [0.5, 1, 0]],
    ['Min', [0.5, 0, 1]],
  ] as const) {
    const model = onnxModel({ inputs: { a: [3], b: [3] }, nodes: nodes(op), outputs: ['y'] });
    const { inputs, outputs } = readOnnx(model);
    const feeds = { a: [1, 2, 1], b: [1, 1, 2] };
    const [da, db] = evaluate(grad(sum(outputs.y!), Object.values(inputs)), feeds);
    expect([...da!]).toEqual(wins);
    expect([...db!]).toEqual(wins.map((share) => 1 - share));
  }
  const x = input('x', [2]);
  const [dx] = grad(sum(sqrt(relu(x))), [x]); // the root's slope at 0 is infinite
  expect([...evaluate([dx!], { x: [-1, 4] })[0]!]).toEqual([0, 0.25]);
});

test('an exponent has no gradient at a base of 0, but a pole below', () => {
  const [a, b] = [input('a', [6]), input('b', [6])];
  const [da, db] = grad(sum(pow(a, b)), [a, b]);
  const feeds = { a: [0, 0, 0, 0, 0, 2], b: [0, 1, 2, 0.5, -1, 3] };
  expectEach(evaluate([da!], feeds)[0]!, [0, 1, 0, inf, -inf, 12], 1e-6);
  expectEach(evaluate([db!], feeds)[0]!, [0, 0, 0, 0, -inf, 8 * Math.LN2], 1e-6);
});

test('the slope of a PRelu gathers what lies left of 0', () => {
  const [x, slope] = [input('x', [4]), input('slope', [1])];
  const [dx, ds] = grad(sum(prelu(x, slope)), [x, slope]);
  const feeds = { x: [-1, 0, 1, -0.5], slope: [0.25] };
  expect(evaluate([dx!, ds!], feeds).map((d) => [...d])).toEqual([[0.25, 0.25, 1, 0.25], [-1.5]]);
  expect(() => prelu(slope, x)).toThrow('a slope that broadcasts to x [1], got [4]');
});

test('at very large inputs', async () => {
  const bounded =
    'Relu LeakyRelu Elu Selu Celu HardSigmoid HardSwish Softsign Softplus Sigmoid Tanh Gelu Mish Erf Atan';
  for (const op of [...bounded.split(' '), 'Asinh']) {
    const { x, y } = graphOf([op, [-1e18, 1e18], [], {}, [], 20]);
    await using program = await compile({ y, dx: grad(sum(y), [x])[0]! }, { device: 'cpu' });
    const got = await program.run({ x: Float32Array.of(-1e18, 1e18) });
    expect([op, [...got.dx!].some(Number.isNaN), [...got.y!].some(Number.isNaN)]).toEqual([op, false, false]);
  }
});
