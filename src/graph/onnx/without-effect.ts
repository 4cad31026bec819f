/**
 * @file Attributes that change nothing of what is made, by operator. Any other attribute that an importer does not ask
 * for makes its node one that is not understood.
 */

import type { Call } from './call.ts';

/** Weights say how large a kernel is; where `auto_pad` or `output_shape` decides, `pads` does not. */
const window = ['kernel_shape', 'pads'];
/** How float8, which is not read, is rounded. */
const float8 = ['saturate', 'round_mode'];
/** The type that is computed in: here always float32. */
const precision = ['stash_type', 'softmax_precision'];

const random = ['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike'];

const table: Readonly<Record<string, readonly string[]>> = {
  Attention: [...precision, 'q_num_heads', 'kv_num_heads', 'qk_matmul_output_mode'], // of inputs and outputs not read
  AveragePool: window,
  BatchNormalization: ['momentum'],
  Cast: float8,
  CastLike: float8,
  Conv: window,
  ConvTranspose: window,
  Dropout: ['ratio', 'seed'], // off; and noise is held
  Gemm: ['beta'], // where there is no C
  GroupNormalization: precision,
  LayerNormalization: precision,
  MaxPool: [...window, 'storage_order'], // of the indices, which are not read
  Pad: ['value'], // in modes that repeat elements
  ...Object.fromEntries(random.map((op) => [op, ['seed']])), // noise is held, one for each node
  Range: precision,
  Reshape: ['allowzero'], // where no size is 0
  Resize: ['extrapolation_value', 'keep_aspect_ratio_policy'], // of tf_crop_and_resize, and beside scales
  RMSNormalization: precision,
  TopK: ['sorted'],
};

/** The attributes of a node that nobody knows: what its importer made of it may be wrong. */
export function unknownOf(call: Call): string[] {
  const known = Object.hasOwn(table, call.op) ? table[call.op]! : [];
  return call.unread().filter((name) => !known.includes(name));
}
