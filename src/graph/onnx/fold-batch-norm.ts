/**
 * @file Batch norm as read from a file: folded into the convolution before it if nothing else uses that convolution.
 */

import { add, mul } from '../ops/elementwise.ts';
import { reshape } from '../ops/layout.ts';
import { batchNormAffine, batchNormTraining, perChannel } from '../ops/normalisation.ts';
import type { Ops } from '../ops.ts';
import { constant, is, node, type Value } from '../value.ts';
import { type Call, Unsupported } from './call.ts';

/**
 * y = (x − mean) / √(variance + ε) · scale + bias per channel. `alone`: nothing else uses x. `fold` folds constants.
 */
export function batchNorm(call: Call, alone: boolean, fold: (x: Value) => Value): Value {
  const x = call.x(0);
  const epsilon = call.float('epsilon', 1e-5);
  const training = call.opset >= 14 ? call.int('training_mode', 0) === 1 : call.outputs > 1;
  if (training) return batchNormTraining(x, call.x(1), call.x(2), epsilon);
  if (call.int('spatial', 1) === 0) throw new Unsupported(); // statistics of each pixel, before operator set 9
  const affine = batchNormAffine([call.x(1), call.x(2), call.x(3), call.x(4)], epsilon);
  const [scale, shift] = [fold(affine.scale), fold(affine.shift)];
  return (alone && intoConvolution(x, scale, shift)) || add(mul(x, perChannel(scale, x)), perChannel(shift, x));
}

/** x · scale + shift as one convolution, where x is a convolution; undefined where it is not. */
function intoConvolution(x: Value, scale: Value, shift: Value): Value | undefined {
  const biased = is(x, 'Add');
  const made = biased ? x.inputs[0]! : x;
  if (!is(made, 'Conv') && !is(made, 'ConvTranspose')) return undefined;
  const [input, w] = made.inputs as [Value, Value];
  const fixed = is(w, 'Constant') || (is(w, 'Cast') && is(w.inputs[0]!, 'Constant'));
  const bias = biased ? x.inputs[1]! : undefined;
  if (!fixed || (bias && (bias.inputs.length > 0 || `${bias.shape}` !== `${[scale.shape[0], 1, 1]}`))) return undefined;
  const attrs = made.attrs as Ops['ConvTranspose']['attrs'];
  const weights = is(made, 'Conv') ? scaledRows(w, scale) : scaledColumns(w, scale, attrs.group);
  const y = node(made.op as 'Conv', [input, weights], attrs, made.shape);
  const offset = bias ? add(mul(reshape(bias, scale.shape), scale), shift) : shift;
  return add(y, reshape(offset, [scale.shape[0]!, 1, 1]));
}

/** Weights [M, C/group, kh, kw] of a convolution, scaled by output channel. */
function scaledRows(w: Value, scale: Value): Value {
  return scaled(w, reshape(scale, [scale.shape[0]!, 1, 1, 1]));
}

/** Weights [C, M/group, kh, kw] of a transposed convolution, scaled by output channel: C/group rows for each group. */
function scaledColumns(w: Value, scale: Value, group: number): Value {
  const [c, m, kh, kw] = w.shape as [number, number, number, number];
  const blocks = reshape(w, [group, c / group, m, kh * kw]);
  return reshape(mul(blocks, reshape(scale, [group, 1, m, 1])), w.shape);
}

/**
 * The product; for float32 constants it is computed at once, so that a file written from the graph holds one tensor.
 */
function scaled(w: Value, scale: Value): Value {
  if (!is(w, 'Constant') || !is(scale, 'Constant')) return mul(w, scale);
  const [from, by] = [w.attrs.data as Float32Array, scale.attrs.data as Float32Array];
  const row = from.length / by.length;
  return constant(
    from.map((value, i) => value * by[Math.floor(i / row)]!),
    w.shape,
  );
}
