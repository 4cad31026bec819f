import { bool, float32, int64 } from '../../helpers/onnx.ts';
import { type Case, node, over } from './case.ts';

const positive = [0.3, 2] as const;
const negative = [-2, -0.3] as const;
const one = [[[5]], [[2, 3, 2]]];
const two = [
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
const bothSides = (op: string, attributes = {}, options = {}): Case[] => [
  ...over(op, one, attributes, { ...options, range: positive }),
  ...over(op, [[[2, 3]]], attributes, { ...options, range: negative }),
];

export const elementwise: Case[] = [
  ...over('Identity', one),
  ...over('Dropout', one),
  ...over('Dropout', one, { ratio: 0.5 }, { opset: 11 }),
  node('Dropout', [[2, 3], float32([0.4], []), bool([0], [])]),
  node('Dropout', [[2, 3], float32([0.4], []), bool([1], [])], {}, { native: false }),
  node('Cast', [[2, 3]], { to: 1n }),
  node('Cast', [[2, 3]], { to: 7n }, { range: [-5, 5] }),
  node('Cast', [[2, 3]], { to: 9n }),
  node('CastLike', [[2, 3], int64([1])], {}, { range: [-5, 5] }),

  ...['Add', 'Sub', 'Mul'].flatMap((op) => over(op, two)),
  ...over('Div', two, {}, { range: positive }),
  ...over('Pow', two, {}, { range: positive }),
  ...[2, 3, 0.5, -1, 2.5].map((p) => node('Pow', [[2, 3], float32([p], [])], {}, { range: positive })),
  node('Pow', [[2, 3], float32([2], [])], {}, { range: negative }),
  node('Pow', [[2, 3], float32([3], [1])], {}, { range: negative }),
  node('Pow', [[3], int64([2], [1, 1])]),
  ...[0, 1, 4].map((p) => node('Pow', [[2, 3], float32([p], [])])),
  node('Pow', [[4], float32([1, 2, 3, 0])]),
  node('Mod', [[2, 3], float32([1.5], [])], { fmod: 1n }, { range: [-5, 5] }),
  node('Mod', [int64([7, -7, 5]), int64([3, 3, -3])], {}, { order: 0 }),
  ...['Max', 'Min'].flatMap((op) => [...over(op, two), ...over(op, [[[2, 3], [3], [2, 1]], [[2, 2]]])]),
  ...['Sum', 'Mean'].flatMap((op) => over(op, [[[2, 3], [3], [2, 1]], [[2, 2]]])),
  node('Where', [bool([1, 0, 1]), [2, 3], [3]]),
  node('Where', [bool([1, 0], [2, 1]), [3], [2, 3]]),

  ...['Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'Equal'].flatMap((op) => over(op, two, {}, { order: 0 })),
  ...['Equal', 'Greater', 'LessOrEqual'].map((op) => node(op, [int64([1, 2, 3]), int64([1, 3, 2])], {}, { order: 0 })),
  ...['And', 'Or', 'Xor'].map((op) => node(op, [bool([0, 0, 1, 1]), bool([0, 1, 0, 1])], {}, { order: 0 })),
  node('Not', [bool([0, 1])], {}, { order: 0 }),
  node('IsNaN', [[2, 2]], {}, { order: 0 }),

  // Drawn at random: no run of ONNX Runtime's gives the same.
  node('RandomNormal', [], { shape: [2n, 3n], mean: 1, scale: 0.5 }, { order: 0, native: false }),
  node('RandomUniform', [], { shape: [2n, 3n], low: -1, seed: 3 }, { order: 0, native: false }),
  node('RandomNormalLike', [[2, 3]], { scale: 2 }, { native: false }),
  node('RandomUniformLike', [[2, 3]], { high: 3 }, { native: false }),

  ...over('Neg', one),
  ...bothSides('Abs'),
  ...['Sign', 'Floor', 'Ceil'].flatMap((op) => over(op, one, {}, { range: [-3, 3] })),
  node('Round', [float32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.3])], {}, { order: 0 }),
  node('Round', [[4]], {}, { range: [-3, 3] }),
  ...over('Reciprocal', one, {}, { range: positive }),
  ...over('Sqrt', one, {}, { range: positive }),
  ...over('Exp', one),
  ...over('Log', one, {}, { range: positive }),
  ...['Sin', 'Cos', 'Tan', 'Sinh', 'Cosh', 'Erf', 'Atan'].flatMap((op) => over(op, one)),
  ...['Asin', 'Acos', 'Atanh'].flatMap((op) => over(op, one, {}, { range: [-0.8, 0.8] })),
  ...over('Asinh', one, {}, { range: [-3, 3] }),
  ...over('Acosh', one, {}, { range: [1.5, 3] }),

  ...bothSides('Relu'),
  ...bothSides('LeakyRelu', { alpha: 0.2 }),
  ...bothSides('LeakyRelu'),
  ...bothSides('LeakyRelu', { alpha: -0.4 }),
  ...bothSides('ThresholdedRelu', { alpha: 0.1 }),
  ...over('PRelu', [
    [
      [2, 3, 2],
      [3, 1],
    ],
    [[2, 3], []],
  ]),
  node('PRelu', [[2, 3, 2], float32([0.2, 0.7, 1], [3, 1])]),
  node('PRelu', [[2, 3, 2], float32([-0.5, 0, 3], [3])], {}, { opset: 9, native: false }),
  node('PRelu', [[2, 3], float32([-0.3])]),
  ...bothSides('Elu', { alpha: 0.7 }),
  ...bothSides('Elu'),
  ...bothSides('Selu'),
  ...bothSides('Celu', { alpha: 0.8 }),
  ...over('Gelu', one, {}, { opset: 20 }),
  ...over('Gelu', one, { approximate: 'tanh' }, { opset: 20 }),
  ...over('Swish', one, { alpha: 1.3 }, { opset: 24, native: false }),
  ...over('Mish', one),
  ...over('HardSwish', [[[7]]], {}, { range: [-2, 2] }),
  node('HardSwish', [[4]], {}, { range: [3.2, 5] }),
  ...over('HardSigmoid', one, { alpha: 0.3, beta: 0.4 }, { range: [-1, 1] }),
  ...['Softplus', 'Softsign', 'Sigmoid', 'Tanh'].flatMap((op) => over(op, one, {}, { range: [-3, 3] })),
  node('Clip', [[2, 5], float32([-0.5], []), float32([0.4], [])]),
  node('Clip', [[2, 5], null, float32([0.4], [])]),
  node('Clip', [[2, 5], float32([0.1], [])]),
  node('Clip', [[2, 5]]),
  node('Clip', [[2, 5]], { min: -0.5, max: 0.4 }, { opset: 8 }),
];
