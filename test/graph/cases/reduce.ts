import { float32, int64 } from '../../helpers/onnx.ts';
import { type Case, node, over } from './case.ts';

const positive = [0.3, 2] as const;
const x = [2, 3, 4];
const image = [2, 4, 3, 3];

const reductions = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map(
  (name) => `Reduce${name}`,
);

export const reduce: Case[] = [
  ...reductions.flatMap((op) => [
    node(op, [x, int64([1])], {}, { range: positive }),
    node(op, [x, int64([0, -1])], { keepdims: 0n }, { range: positive }),
    node(op, [x], {}, { range: positive }),
    node(op, [x], { axes: [2n], keepdims: 0n }, { range: positive, opset: 11 }),
  ]),
  ...reductions.map((op) => node(op, [x, int64([])], { noop_with_empty_axes: 1n }, { range: positive })),
  node('ReduceProd', [[3, 5], int64([1])]),
  node('ReduceMax', [x, int64([1])]),
  node('ReduceLogSumExp', [x, int64([1])], {}, { range: [50, 90] }),
  node('CumSum', [x, int64([1], [])]),
  node('CumSum', [x, int64([-1], [])], { exclusive: 1n }),
  node('CumSum', [x, int64([0], [])], { reverse: 1n }),
  node('CumSum', [x, int64([2], [])], { reverse: 1n, exclusive: 1n }),

  ...['Softmax', 'LogSoftmax'].flatMap((op) => [
    ...over(op, [[[5]], [x]]),
    node(op, [x], { axis: 1n }),
    node(op, [x], { axis: 1n }, { opset: 11 }),
    node(op, [x], { axis: -1n }, { range: [30, 90] }),
  ]),

  node('BatchNormalization', [image, [4], [4], float32([0.1, -0.2, 0, 0.3]), float32([1, 0.5, 2, 0.1])]),
  node('BatchNormalization', [image, [4], [4], [4], [4]], { epsilon: 0.01 }, { range: positive }),
  node(
    'BatchNormalization',
    [image, [4], [4], float32([0, 0, 0, 0]), float32([1, 1, 1, 1])],
    { training_mode: 1n },
    { outputs: 3 },
  ),
  node('BatchNormalization', [[3, 4], [4], [4], float32([0, 0, 0, 0]), float32([1, 1, 1, 1])], {}, { opset: 9 }),
  ...over('InstanceNormalization', [
    [image, [4], [4]],
    [[2, 3, 5], [3], [3]],
  ]),
  ...over('LayerNormalization', [
    [x, [4], [4]],
    [x, [4]],
  ]),
  node('LayerNormalization', [image, [4, 3, 3], [4, 3, 3]], { axis: 1n, epsilon: 0.001 }),
  node('RMSNormalization', [x, [4]], {}, { opset: 23 }),
  node('RMSNormalization', [x, [3, 4]], { axis: 1n, epsilon: 0.001 }, { opset: 23 }),
  node('GroupNormalization', [image, [2], [2]], { num_groups: 2n }, { opset: 18 }),
  node('GroupNormalization', [image, [4], [4]], { num_groups: 2n, epsilon: 0.001 }, { opset: 21 }),
  node('LpNormalization', [x], { p: 2n }, { range: positive }),
  node('LpNormalization', [x], { p: 1n, axis: 1n }, { range: positive }),
  node('MeanVarianceNormalization', [image]),
];
