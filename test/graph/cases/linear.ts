import { noise } from '../../helpers/noise.ts';
import { float32 } from '../../helpers/onnx.ts';
import { type Case, node, over } from './case.ts';

const image = [2, 4, 7, 8];

export const linear: Case[] = [
  ...over('MatMul', [
    [
      [3, 4],
      [4, 2],
    ],
    [
      [2, 3, 4],
      [4, 2],
    ],
    [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    [[4], [4, 2]],
    [[2, 3, 4], [4]],
    [[4], [4]],
  ]),
  node('Gemm', [[3, 4], [4, 2], [2]]),
  node(
    'Gemm',
    [
      [4, 3],
      [2, 4],
      [3, 1],
    ],
    { transA: 1n, transB: 1n, alpha: 0.5, beta: 2 },
  ),
  node('Gemm', [
    [3, 4],
    [4, 2],
  ]),
  ...[
    ['ij,jk->ik', [2, 3], [3, 4]],
    ['bij,bjk->bik', [2, 2, 3], [2, 3, 4]],
    ['bhid,bhjd->bhij', [2, 2, 3, 4], [2, 2, 5, 4]],
    ['ij->ji', [2, 3]],
    ['ii->i', [3, 3]],
    ['ii', [3, 3]],
    ['i,j->ij', [2], [3]],
    ['ij,ij->', [2, 3], [2, 3]],
    ['ijk->j', [2, 3, 2]],
    ['...ij,jk->...ik', [2, 2, 3], [3, 2]],
    ['bn, anm, bm -> ba', [2, 3], [4, 3, 2], [2, 2]],
  ].map(([equation, ...shapes]) => node('Einsum', shapes as number[][], { equation: equation as string })),

  node('Conv', [
    [1, 1, 3, 3],
    [1, 1, 1, 1],
  ]),
  node('Conv', [image, [3, 4, 3, 3], [3]], { pads: [1n, 1n, 1n, 1n] }),
  node('Conv', [image, [3, 4, 4, 4], [3]], { pads: [1n, 1n, 1n, 1n], strides: [2n, 2n] }),
  node('Conv', [image, [6, 2, 3, 3], [6]], { pads: [0n, 1n, 2n, 1n], strides: [2n, 1n], group: 2n }),
  node('Conv', [image, [4, 1, 3, 3]], { group: 4n }),
  node('Conv', [image, [4, 1, 4, 4]], { group: 4n, pads: [2n, 1n, 1n, 2n] }),
  node('Conv', [image, [2, 4, 2, 3]], { dilations: [2n, 2n], pads: [1n, 2n, 0n, 1n] }),
  node('Conv', [image, [2, 4, 3, 2]], { dilations: [1n, 2n], strides: [2n, 3n] }),
  node('Conv', [image, [2, 4, 3, 3]], { auto_pad: 'SAME_UPPER', strides: [2n, 2n] }),
  node('Conv', [image, [2, 4, 4, 3]], { auto_pad: 'SAME_LOWER' }),
  node('Conv', [image, [2, 4, 3, 3]], { auto_pad: 'VALID' }),
  node('Conv', [image, [2, 4, 1, 1]], { pads: [1n, 1n, 1n, 1n] }),
  node('Conv', [[2, 4, 9], [6, 2, 3], [6]], { group: 2n, strides: [2n], pads: [1n, 2n] }),
  node('Conv', [
    [1, 2, 5],
    [3, 2, 2],
  ]),

  node('Conv', [[1, 14, 5, 4], [18, 7, 3, 3], [18]], { group: 2n, pads: [1n, 1n, 1n, 1n] }),
  node(
    'Conv',
    [
      [1, 4, 5, 4],
      [20, 1, 3, 3],
    ],
    { group: 4n, strides: [2n, 2n] },
  ),
  node(
    'Conv',
    [
      [2, 8, 5, 4],
      [4, 8, 1, 1],
    ],
    { pads: [0n, 0n, 1n, 2n] },
  ),
  node(
    'ConvTranspose',
    [
      [1, 16, 4, 3],
      [16, 1, 4, 4],
    ],
    { group: 2n, strides: [2n, 2n], pads: [1n, 1n, 1n, 1n] },
  ),
  // Channels of every remainder: kernels read them two, three or four at a time.
  ...[5, 6, 9].map((channels) =>
    node(
      'Conv',
      [
        [2, channels, 5, 4],
        [8, channels, 3, 3],
      ],
      { pads: [1n, 1n, 1n, 1n] },
    ),
  ),
  ...[5, 6, 9].map((channels) =>
    node(
      'ConvTranspose',
      [
        [2, channels, 3, 4],
        [channels, 8, 4, 4],
      ],
      { strides: [2n, 2n], pads: [1n, 1n, 1n, 1n] },
    ),
  ),

  node('ConvTranspose', [[2, 4, 3, 4], [4, 3, 4, 4], [3]], { strides: [2n, 2n], pads: [1n, 1n, 1n, 1n] }),
  node('ConvTranspose', [
    [2, 4, 1, 1],
    [4, 3, 4, 4],
  ]),
  node(
    'ConvTranspose',
    [
      [2, 4, 3, 4],
      [4, 3, 3, 3],
    ],
    { group: 2n, strides: [2n, 2n], pads: [1n, 1n, 1n, 1n], output_padding: [1n, 1n] },
  ),
  node(
    'ConvTranspose',
    [
      [1, 2, 3, 3],
      [2, 2, 2, 3],
    ],
    { dilations: [2n, 1n], pads: [0n, 1n, 1n, 0n] },
  ),
  node(
    'ConvTranspose',
    [
      [1, 2, 3, 3],
      [2, 2, 3, 3],
    ],
    { strides: [2n, 2n], output_shape: [6n, 6n] },
  ),
  node(
    'ConvTranspose',
    [
      [1, 2, 3, 3],
      [2, 2, 3, 3],
    ],
    { strides: [2n, 2n], auto_pad: 'SAME_UPPER' },
  ),
  node('ConvTranspose', [[2, 3, 5], [3, 2, 4], [2]], { strides: [2n], pads: [1n, 1n] }),

  node('MaxPool', [image], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
  node('MaxPool', [image], { kernel_shape: [3n, 3n], strides: [2n, 2n], pads: [1n, 1n, 1n, 1n] }),
  node('MaxPool', [image], { kernel_shape: [3n, 2n], strides: [2n, 3n], ceil_mode: 1n }),
  node('MaxPool', [image], { kernel_shape: [2n, 2n], dilations: [2n, 3n] }),
  node('MaxPool', [[2, 3, 9]], { kernel_shape: [3n], strides: [2n] }),
  node('AveragePool', [image], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
  node('AveragePool', [[2, 3, 8, 6]], { kernel_shape: [4n, 2n], strides: [4n, 2n] }),
  node('AveragePool', [image], { kernel_shape: [3n, 3n], strides: [2n, 2n], pads: [1n, 1n, 1n, 1n] }),
  node('AveragePool', [image], { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n], count_include_pad: 1n }),
  node('AveragePool', [image], { kernel_shape: [3n, 3n], strides: [2n, 2n], ceil_mode: 1n }, { opset: 19 }),
  node('AveragePool', [image], { kernel_shape: [3n, 3n], auto_pad: 'SAME_UPPER', strides: [2n, 2n] }),
  node('AveragePool', [[2, 3, 9]], { kernel_shape: [3n], strides: [2n] }),
  ...['GlobalAveragePool', 'GlobalMaxPool'].flatMap((op) => over(op, [[image], [[2, 3, 5]]])),

  node(
    'Attention',
    [
      [1, 2, 3, 4],
      [1, 2, 5, 4],
      [1, 2, 5, 4],
    ],
    {},
    { opset: 23 },
  ),
  node(
    'Attention',
    [[1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 3], float32(noise('mask', 15), [3, 5])],
    { scale: 0.3 },
    { opset: 23 },
  ),
];
