import { float32, int64 } from '../../helpers/onnx.ts';
import { type Case, node } from './case.ts';

const x = [2, 3, 4];
const image = [2, 8, 3, 4];

export const layout: Case[] = [
  node('Reshape', [x, int64([6, 4])]),
  node('Reshape', [x, int64([0, -1])]),
  node('Reshape', [[], int64([1, 1])]),
  node('Reshape', [[1], int64([], [0])]),
  ...[0n, 1n, 3n, -1n].map((axis) => node('Flatten', [x], { axis })),
  node('Squeeze', [[2, 1, 3, 1], int64([1, -1])]),
  node('Squeeze', [[2, 1, 3, 1]]),
  node('Squeeze', [[2, 1, 3]], { axes: [1n] }, { opset: 11 }),
  node('Unsqueeze', [x, int64([0, -1])]),
  node('Unsqueeze', [x], { axes: [1n, 4n] }, { opset: 11 }),
  node('Transpose', [x]),
  node('Transpose', [x], { perm: [1n, 2n, 0n] }),
  node('Expand', [[3, 1], int64([2, 1, 4])]),
  node('Expand', [[2, 3], int64([1])]),
  node('Tile', [x, int64([1, 2, 3])]),
  node('Tile', [[2], int64([1])]),
  node(
    'Concat',
    [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    { axis: -1n },
  ),
  node(
    'Concat',
    [
      [1, 2],
      [2, 2],
    ],
    { axis: 0n },
  ),
  node('Split', [[2, 6]], { axis: 1n, num_outputs: 2n }, { output: 1 }),
  node('Split', [[2, 7]], { axis: 1n, num_outputs: 3n }, { output: 2 }),
  node('Split', [[2, 6], int64([1, 2, 3])], { axis: -1n }, { output: 2 }),
  node('Split', [[4, 2]], { split: [1n, 3n] }, { output: 1, opset: 11 }),
  node('Slice', [x, int64([0, 1]), int64([2, 3]), int64([0, 2])]),
  node('Slice', [[4, 9], int64([0, 1]), int64([3, 8]), int64([0, 1]), int64([2, 3])]),
  node('Slice', [[4, 9], int64([-1]), int64([-100]), int64([1]), int64([-2])]),
  node('Slice', [[4, 9], int64([7, -2]), int64([2, 0]), int64([-1, 0]), int64([-3, -1])]),
  node('Slice', [[5], int64([-3]), int64([2 ** 63 - 1024])]),
  node('Pad', [[2, 3], int64([0, 1, 2, 0])]),
  node('Pad', [[2, 3], int64([0, 1, 2, 0]), float32([1.5], [])]),
  node('Pad', [[2, 3], int64([0, -1, 2, 1])]),
  node('Pad', [[1, 2, 4, 5], int64([0, 0, 1, 2, 0, 0, 3, 1])], { mode: 'reflect' }),
  node('Pad', [[1, 2, 4, 5], int64([0, 0, 1, 2, 0, 0, 3, 1])], { mode: 'edge' }),
  node('Pad', [[2, 5], int64([0, 2, 0, 1])], { mode: 'wrap' }, { opset: 19 }),
  node('Pad', [[2, 3, 4], int64([1, 2]), float32([0.5], []), int64([-1])]),
  ...['DCR', 'CRD'].map((mode) => node('DepthToSpace', [image], { blocksize: 2n, mode })),
  node('SpaceToDepth', [[2, 3, 4, 6]], { blocksize: 2n }),
  node('SpaceToDepth', [[2, 3, 4, 6]], { blocksize: 2n, mode: 'CRD' }, { opset: 28, native: false }),

  node('Gather', [x, int64([2, 0, -1, 2])], { axis: 1n }),
  node('Gather', [x, int64([1], [])], { axis: 2n }),
  node('Gather', [x, int64([0, 1, 1, 0], [2, 2])]),
  node('GatherElements', [[3, 3], int64([1, 0, 2, 2, 0, -1], [2, 3])], { axis: 0n }),
  node('GatherElements', [[3, 3], int64([1, 1, 0, 2, 2, 2], [3, 2])], { axis: 1n }),
  node('GatherND', [x, int64([0, 1, 1, 2, 0, 1], [3, 2])]),
  node('GatherND', [x, int64([1, 0, 0], [3, 1])]),
  node('GatherND', [x, int64([2, 0], [2, 1])], { batch_dims: 1n }),
  node('ScatterElements', [[3, 3], int64([1, 0, 2, 0, 2, 1], [2, 3]), [2, 3]]),
  node('ScatterElements', [[3, 3], int64([1, 1, 0], [3, 1]), [3, 1]], { axis: 1n, reduction: 'add' }),
  node('ScatterND', [x, int64([0, 1, 1, 2], [2, 2]), [2, 4]]),
  node('ScatterND', [[5], int64([1, 3, 1], [3, 1]), [3]], { reduction: 'add' }),
  node('OneHot', [int64([0, 2, -1]), int64([3], []), [2]]),
  node('OneHot', [int64([0, 2, -1, 1], [2, 2]), int64([3], []), float32([0.5, 2])], { axis: 1n }, { order: 0 }),
  node('TopK', [x, int64([2])], {}, { outputs: 2 }),
  node('TopK', [x, int64([2])], { axis: 1n, largest: 0n }, { outputs: 2 }),
  node('TopK', [[5], int64([3])], {}, { output: 1 }),
  ...['ArgMax', 'ArgMin'].flatMap((op) => [
    node(op, [x], { axis: 1n }),
    node(op, [x], { axis: -1n, keepdims: 0n }),
    ...[0n, 1n].map((select_last_index) =>
      node(op, [float32([1, 3, 3, 1, 1, 3], [2, 3])], { axis: 1n, select_last_index }, { order: 0 }),
    ),
    node(op, [x], { axis: 0n, keepdims: 0n, select_last_index: 1n }),
  ]),
  node('Trilu', [[3, 4]]),
  node('Trilu', [[2, 3, 3], int64([1], [])], { upper: 0n }),

  node('Shape', [x], {}, { order: 0 }),
  node('Shape', [x], { start: 1n, end: -1n }, { order: 0 }),
  node('Size', [x], {}, { order: 0 }),
  node('Constant', [], { value: float32([1, 2, 3]) }, { order: 0 }),
  node('Constant', [], { value_ints: [4n, 5n] }, { order: 0 }),
  node('Constant', [], { value_float: 0.5 }, { order: 0 }),
  node('ConstantOfShape', [int64([2, 3])], { value: float32([0.5]) }, { order: 0 }),
  node('ConstantOfShape', [int64([2])], {}, { order: 0 }),
  node('Range', [int64([2], []), int64([9], []), int64([3], [])], {}, { order: 0 }),
  node('Range', [float32([1], []), float32([-1], []), float32([-0.5], [])], {}, { order: 0 }),
  node('EyeLike', [[3, 4]], { k: 1n }, { order: 0 }),
  node('NonZero', [float32([1, 0, 2, 0, 0, 3], [2, 3])], {}, { order: 0 }),

  ...resizeCases(),
];

function resizeCases(): Case[] {
  const small = [1, 2, 4, 5];
  const scales = (h: number, w: number) => float32([1, 1, h, w]);
  const none = float32([], [0]);
  const modes = ['nearest', 'linear', 'cubic'];
  return [
    ...modes.flatMap((mode) =>
      ['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel'].flatMap((coordinate_transformation_mode) => [
        node('Resize', [small, none, scales(2, 2)], { mode, coordinate_transformation_mode }),
        node('Resize', [small, none, scales(0.5, 1.6)], { mode, coordinate_transformation_mode }),
      ]),
    ),
    ...['floor', 'ceil', 'round_prefer_ceil', 'round_prefer_floor'].map((nearest_mode) =>
      node('Resize', [small, none, scales(1.7, 0.6)], { mode: 'nearest', nearest_mode }),
    ),
    node('Resize', [small, none, null, int64([1, 2, 8, 7])], { mode: 'linear' }),
    node(
      'Resize',
      [small, none, none, int64([1, 2, 8, 10])],
      { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      { opset: 11 },
    ),
    node('Resize', [small, none, null, int64([2, 3])], { mode: 'linear', antialias: 1n, axes: [2n, 3n] }),
    node('Resize', [small, none, scales(0.5, 0.5)], { mode: 'cubic', antialias: 1n, cubic_coeff_a: -0.5 }),
    node('Resize', [small, none, scales(2, 1.5)], { mode: 'cubic', exclude_outside: 1n }),
    node(
      'Resize',
      [small, none, scales(1.5, 1.5)],
      { mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' },
      { opset: 19 },
    ),
    node('Resize', [small, none, null, int64([7, 7])], {
      mode: 'linear',
      axes: [2n, 3n],
      keep_aspect_ratio_policy: 'not_larger',
    }),
    node('Resize', [[1, 2, 4], none, float32([1, 1, 2])], { mode: 'linear' }),
    node('Resize', [small, scales(2, 2)], { mode: 'nearest' }, { opset: 10 }),
    node('Resize', [small, scales(0.5, 1.5)], { mode: 'linear' }, { opset: 10 }),
    ...['nearest', 'linear'].map((mode) => node('Upsample', [small, scales(2, 3)], { mode }, { opset: 9 })),
    node('Upsample', [small], { mode: 'nearest', scales: [1, 1, 2, 2] }, { opset: 8 }),
  ];
}
