/** @file Replaces operators that ONNX Runtime 1.30's WebGPU kernels compute wrongly by ones that they compute right. */

import { lower } from '../graph/onnx/lower.ts';
import { expand, pad, reshape, slice } from '../graph/ops/layout.ts';
import type { ConvAttrs } from '../graph/ops.ts';
import { rewrite } from '../graph/rewrite.ts';
import { is, node, type Value } from '../graph/value.ts';
import { preluByParts } from './prelu.ts';

/** The same graph, in a form that WebGPU computes right. */
export function soundOnWebgpu(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  return rewrite(lower(outputs), sound);
}

function sound(value: Value): Value {
  const [a, b] = value.inputs as [Value, Value];
  if (is(value, 'Conv'))
    return value.attrs.group === 1 ? denseConv(value, value.attrs) : groupedConv(value, value.attrs);
  if (is(value, 'ConvTranspose')) return groupedConvTranspose(value, value.attrs.group);
  if (value.op === 'PRelu') return preluByParts(value);
  // Pow fails where its exponent broadcasts.
  if (value.op === 'Pow') return like(value, [expand(a, value.shape), expand(b, value.shape)]);
  return value;
}

/** The same operator on other inputs, if need be with other attributes or another shape. */
function like(value: Value, inputs: readonly Value[], attrs = value.attrs, shape = value.shape): Value {
  return node(value.op, inputs as never, attrs, shape, value.dtype);
}

function denseConv(value: Value, attrs: ConvAttrs): Value {
  const [x, w] = value.inputs as [Value, Value];
  const [outputs, channels, kh, kw] = w.shape as [number, number, number, number];
  const [top, left, bottom, right] = attrs.pads;
  // With a 1×1 kernel, the convolution runs as a matrix product if the top and left padding is 0, and ignores the rest
  // of it.
  if (kh * kw === 1 && top + left === 0 && bottom + right > 0) {
    const wide = pad(x, [0, 0, 0, 0, 0, 0, bottom, right]);
    return sound(like(value, [wide, w], { ...attrs, pads: [0, 0, 0, 0] }));
  }
  // If the input channels are a multiple of 3 but not of 4, and the outputs one of 4, three channels are read at a
  // time, and wrongly (microsoft/onnxruntime issue 29651). Zeros pad the channels to a multiple of 4.
  if (channels <= 3 || channels % 3 !== 0 || channels % 4 === 0 || outputs % 4 !== 0) return value;
  const more = (v: Value) => pad(v, [0, 0, 0, 0, 0, 4 - (channels % 4), 0, 0]);
  return like(value, [more(x), more(w)]);
}

/**
 * With four outputs per group or more, a step computes as many outputs as divide their total, and may span two groups.
 */
function groupedConv(value: Value, attrs: ConvAttrs): Value {
  const [x, w] = value.inputs as [Value, Value];
  const { group } = attrs;
  const [outputs, channels, kh, kw] = w.shape as [number, number, number, number];
  const each = outputs / group;
  const atOnce = [4, 2, 1].find((n) => outputs % n === 0)!;
  if (each < 4 || each % atOnce === 0) return value;
  const room = 4 * Math.ceil(each / 4);
  const kernels = pad(reshape(w, [group, each, channels, kh, kw]), [0, 0, 0, 0, 0, 0, room - each, 0, 0, 0]);
  const wide = reshape(kernels, [group * room, channels, kh, kw]);
  return firstOfEach(like(value, [x, wide], attrs, value.shape.with(1, group * room)), group, each);
}

/** Groups of several inputs and one output are computed wrongly; with a second output they are right. */
function groupedConvTranspose(value: Value, group: number): Value {
  const [x, w] = value.inputs as [Value, Value];
  if (group === 1 || w.shape[1] !== 1 || w.shape[0] === group) return value;
  const wide = pad(w, [0, 0, 0, 0, 0, 1, 0, 0]);
  return firstOfEach(like(value, [x, wide], value.attrs, value.shape.with(1, 2 * group)), group, 1);
}

/** The first `each` channels of every group of y [N, C, H, W]. */
function firstOfEach(y: Value, group: number, each: number): Value {
  const [n, c, h, w] = y.shape as [number, number, number, number];
  const kept = slice(reshape(y, [n, group, c / group, h, w]), [0, 0, 0, 0, 0], [n, group, each, h, w]);
  return reshape(kept, [n, group * each, h, w]);
}
