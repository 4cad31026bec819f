/**
 * @file The networks of face-api (Mühler 2018): a detector after Tiny YOLOv2 (Redmon and Farhadi 2017), and a regression of
 * the 68 points of iBUG (Sagonas et al. 2013) by a small dense network.
 */

import { add, leakyRelu, relu, sub } from '../graph/ops/elementwise.ts';
import { reshape } from '../graph/ops/layout.ts';
import { type ConvOptions, conv, matmul } from '../graph/ops/linear.ts';
import { averagePool, maxPool } from '../graph/ops/pooling.ts';
import { constant, type Value } from '../graph/value.ts';
import type { Parameters } from './weights.ts';

/** Mean colours that the networks were trained with, of 255. */
const DETECTOR_MEAN = [117.001, 114.697, 97.404];
const LANDMARK_MEAN = [122.782, 117.001, 104.298];

/** The side of the picture of a face in which points are found. */
export const FACE_SIDE = 112;

/** Pictures [N, 3, S, S] in [0, 1] to [N, 25, cells, cells]: for each of five anchors x, y, width, height and score of a box. */
export function detectorNetwork(p: Parameters, pictures: Value): Value {
  let x = less(pictures, DETECTOR_MEAN);
  x = leakyRelu(biased(conv(x, p('conv0/filters')), p('conv0/bias')), 0.1);
  for (let layer = 1; layer <= 5; layer++) {
    x = halved(x, 2);
    x = leakyRelu(separable(p, `conv${layer}`, x), 0.1);
  }
  return biased(conv(halved(x, 1), p('conv8/filters')), p('conv8/bias'));
}

/** Faces [N, 3, 112, 112] in [0, 1] to [N, 136]: x and y of 68 points as shares of the side. */
export function landmarkNetwork(p: Parameters, faces: Value): Value {
  let x = less(faces, LANDMARK_MEAN);
  for (let block = 0; block < 4; block++) x = denseBlock(p, `dense${block}`, x);
  const means = averagePool(x, { kernel: [7, 7], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] });
  return add(matmul(reshape(means, [x.shape[0]!, 256]), p('fc/weights')), p('fc/bias'));
}

/** Four layers at half the size, each of the sum of all before it. */
function denseBlock(p: Parameters, name: string, x: Value): Value {
  // As TensorFlow pads a stride of 2: at the end alone.
  const half = { strides: 2, pads: [0, 0, 1, 1] } as const;
  let sum =
    name === 'dense0'
      ? biased(conv(x, p('dense0/conv0/filters'), half), p('dense0/conv0/bias'))
      : separable(p, `${name}/conv0`, x, half);
  sum = relu(sum);
  for (let layer = 1, input = sum; layer < 4; layer++) {
    sum = add(sum, separable(p, `${name}/conv${layer}`, input));
    input = relu(sum);
  }
  return relu(sum);
}

function separable(p: Parameters, name: string, x: Value, options: ConvOptions = { pads: 1 }): Value {
  const depthwise = conv(x, p(`${name}/depthwise_filter`), { ...options, group: x.shape[1]! });
  return biased(conv(depthwise, p(`${name}/pointwise_filter`)), p(`${name}/bias`));
}

/** The largest of each 2×2, padded at the end so that every element is seen. */
function halved(x: Value, stride: 1 | 2): Value {
  const end = stride === 1 ? 1 : x.shape[3]! % 2;
  return maxPool(x, { kernel: [2, 2], strides: [stride, stride], pads: [0, 0, end, end], dilations: [1, 1] });
}

function biased(x: Value, bias: Value): Value {
  return add(x, reshape(bias, [1, x.shape[1]!, 1, 1]));
}

function less(pictures: Value, mean: readonly number[]): Value {
  return sub(
    pictures,
    constant(
      mean.map((m) => m / 255),
      [1, 3, 1, 1],
    ),
  );
}
