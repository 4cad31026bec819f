/** @file Matrix products, convolutions and pooling of ONNX. */

import { einsum } from '../../ops/einsum.ts';
import * as ew from '../../ops/elementwise.ts';
import { reshape, transpose } from '../../ops/layout.ts';
import { conv, convTranspose, matmul } from '../../ops/linear.ts';
import { averagePool, maxPool } from '../../ops/pooling.ts';
import { mean, reduceMax, softmax } from '../../ops/reduce.ts';
import type { PoolAttrs } from '../../ops.ts';
import type { Value } from '../../value.ts';
import { type Call, expected, Unsupported } from '../call.ts';
import type { Importers } from './importer.ts';

export const linear: Importers = {
  MatMul: (call) => product(call.x(0), call.x(1)),
  Gemm: (call) => {
    const turned = (x: Value, name: string) => (call.int(name, 0) === 1 ? transpose(x, [1, 0]) : x);
    const ab = matmul(turned(call.x(0), 'transA'), turned(call.x(1), 'transB'));
    const y = scaled(ab, call.float('alpha', 1));
    const c = call.inputs[2];
    return c ? ew.add(y, scaled(c, call.float('beta', 1))) : y;
  },
  Einsum: (call) => einsum(call.text('equation', ''), call.all()),

  Conv: (call) => {
    const [x, w] = planar(call);
    const window = windowOf(call, x, [w.shape[2]!, w.shape[3]!]);
    return linearised(call, biased(conv(x, w, { ...window, group: call.int('group', 1) }), call.inputs[2]));
  },
  ConvTranspose: (call) => {
    const [x, w] = planar(call);
    return linearised(call, biased(convTranspose(x, w, transposedWindow(call, x, w)), call.inputs[2]));
  },

  MaxPool: (call) => {
    if (call.outputs > 1) throw new Unsupported();
    const x = planarInput(call);
    return linearised(call, maxPool(x, windowOf(call, x, kernelOf(call))));
  },
  AveragePool: (call) => {
    const x = planarInput(call);
    const window = windowOf(call, x, kernelOf(call));
    const declared = call.int('count_include_pad', 0) === 1 ? declaredPads(call, x, window) : ([0, 0, 0, 0] as const);
    return linearised(call, averagePool(x, window, declared));
  },
  GlobalAveragePool: (call) => mean(call.x(0), spatial(call.x(0)), { keep: true }),
  GlobalMaxPool: (call) => reduceMax(call.x(0), spatial(call.x(0)), { keep: true }),

  Attention: (call) => attention(call),
};

const spatial = (x: Value) => Array.from(x.shape.keys()).slice(2);
const scaled = (x: Value, by: number) => (by === 1 ? x : ew.mul(x, by));

/** A matrix product in which a vector counts as a row on the left, a column on the right. */
function product(a: Value, b: Value): Value {
  if (a.shape.length > 1 && b.shape.length > 1) return matmul(a, b);
  const y = matmul(a.shape.length === 1 ? reshape(a, [1, -1]) : a, b.shape.length === 1 ? reshape(b, [-1, 1]) : b);
  const kept = y.shape.slice(0, -2);
  return reshape(y, [
    ...kept,
    ...(a.shape.length === 1 ? [] : [y.shape.at(-2)!]),
    ...(b.shape.length === 1 ? [] : [y.shape.at(-1)!]),
  ]);
}

/** x and w of a convolution as two-dimensional ones: in one dimension, x is an image of height 1. */
function planar(call: Call): [Value, Value] {
  const x = planarInput(call);
  const w = call.x(1);
  return [x, w.shape.length === 3 ? reshape(w, [w.shape[0]!, w.shape[1]!, 1, w.shape[2]!]) : w];
}

function planarInput(call: Call): Value {
  const x = call.x(0);
  if (x.shape.length === 3) return reshape(x, [x.shape[0]!, x.shape[1]!, 1, x.shape[2]!]);
  if (x.shape.length === 4) return x;
  throw new Unsupported();
}

function linearised(call: Call, y: Value): Value {
  return call.x(0).shape.length === 3 ? reshape(y, [y.shape[0]!, y.shape[1]!, y.shape[3]!]) : y;
}

function biased(y: Value, b: Value | undefined): Value {
  return b ? ew.add(y, reshape(b, [b.shape[0]!, 1, 1])) : y;
}

function kernelOf(call: Call): [number, number] {
  const [height = expected('a kernel_shape', 'none'), width] = call.list('kernel_shape') ?? [];
  return width === undefined ? [1, height] : [height, width];
}

/** A pair from a list for one or two dimensions. */
function pairOf(call: Call, name: string, otherwise: number, single: number): [number, number] {
  const list = call.list(name);
  if (!list || list.length === 0) return call.x(0).shape.length === 3 ? [single, otherwise] : [otherwise, otherwise];
  return list.length === 1 ? [single, list[0]!] : [list[0]!, list[1]!];
}

/** [top, left, bottom, right] as the file declares them. */
function listedPads(call: Call): [number, number, number, number] {
  const pads = call.list('pads') ?? [0, 0, 0, 0];
  return pads.length === 2 ? [0, pads[0]!, 0, pads[1]!] : [pads[0]!, pads[1]!, pads[2]!, pads[3]!];
}

/** The window of a convolution or pooling, with `auto_pad` and `ceil_mode` worked out as pads. */
function windowOf(call: Call, x: Value, kernel: [number, number]): PoolAttrs {
  const strides = pairOf(call, 'strides', 1, 1);
  const dilations = pairOf(call, 'dilations', 1, 1);
  const pads = declaredPads(call, x, { kernel, strides, dilations });
  if (call.int('ceil_mode', 0) !== 1) return { kernel, strides, dilations, pads };
  const sides = [0, 1].map((axis) => {
    const span = dilations[axis]! * (kernel[axis]! - 1) + 1;
    const [size, before, after] = [x.shape[axis + 2]!, pads[axis]!, pads[axis + 2]!];
    const windows = Math.ceil((size + before + after - span) / strides[axis]!);
    const last = windows * strides[axis]! >= size + before ? windows - 1 : windows; // no window starts beyond the end
    return Math.max(after, last * strides[axis]! + span - size - before);
  });
  return { kernel, strides, dilations, pads: [pads[0], pads[1], sides[0]!, sides[1]!] };
}

type Pads = PoolAttrs['pads'];

function declaredPads(call: Call, x: Value, { kernel, strides, dilations }: Omit<PoolAttrs, 'pads'>): Pads {
  const auto = call.text('auto_pad', 'NOTSET');
  if (auto === 'NOTSET' || auto === '') return listedPads(call);
  if (auto === 'VALID') return [0, 0, 0, 0];
  const totals = [0, 1].map((axis) => {
    const size = x.shape[axis + 2]!;
    const span = dilations[axis]! * (kernel[axis]! - 1) + 1;
    return Math.max(0, (Math.ceil(size / strides[axis]!) - 1) * strides[axis]! + span - size);
  });
  return shared(totals, auto === 'SAME_UPPER');
}

/**
 * Total padding of rows and columns as [top, left, bottom, right]; an odd pixel goes to the end if `upper`, else to the
 * start.
 */
function shared(totals: readonly number[], upper: boolean): Pads {
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total, axis) => total - small[axis]!);
  const [before, after] = upper ? [small, large] : [large, small];
  return [before[0]!, before[1]!, after[0]!, after[1]!];
}

function transposedWindow(call: Call, x: Value, w: Value) {
  const strides = pairOf(call, 'strides', 1, 1);
  const dilations = pairOf(call, 'dilations', 1, 1);
  const outputPadding = pairOf(call, 'output_padding', 0, 0);
  const group = call.int('group', 1);
  const auto = call.text('auto_pad', 'NOTSET');
  const list = call.list('output_shape')?.slice(-(call.x(0).shape.length - 2));
  const sizes = list?.length === 1 ? [1, list[0]!] : list;
  if (!sizes && !auto.startsWith('SAME')) {
    const pads = auto === 'VALID' ? ([0, 0, 0, 0] as const) : listedPads(call);
    return { strides, dilations, outputPadding, group, pads };
  }
  const totals = [0, 1].map((axis) => {
    const span = dilations[axis]! * (w.shape[axis + 2]! - 1) + 1;
    const size = sizes?.[axis] ?? x.shape[axis + 2]! * strides[axis]!;
    return strides[axis]! * (x.shape[axis + 2]! - 1) + outputPadding[axis]! + span - size;
  });
  if (totals.some((total) => total < 0)) throw new Unsupported();
  return { strides, dilations, outputPadding, group, pads: shared(totals, auto === 'SAME_UPPER') };
}

/** softmax(q kᵀ / √d + mask) v for q, k, v [N, heads, length, d] (Vaswani et al. 2017). */
function attention(call: Call): Value {
  const [q, k, v] = [call.x(0), call.x(1), call.x(2)];
  const heads = k.shape[1] === q.shape[1] && q.shape.length === 4 && v.shape.length === 4;
  const sees = ['left', 'right'].map((side) => call.int(`${side}_window_size`, -1));
  const whole = call.int('is_causal', 0) === 0 && sees.every((size) => size === -1);
  const plain = whole && call.float('softcap', 0) === 0 && call.outputs === 1;
  if (!heads || !plain || call.inputs.slice(4).some(Boolean)) throw new Unsupported();
  const scores = ew.mul(matmul(q, transpose(k, [0, 1, 3, 2])), call.float('scale', 1 / Math.sqrt(q.shape[3]!)));
  const mask = call.inputs[3];
  const bias = mask?.dtype === 'bool' ? ew.where(mask, 0, Number.NEGATIVE_INFINITY) : mask;
  return matmul(softmax(bias ? ew.add(scores, bias) : scores), v);
}
