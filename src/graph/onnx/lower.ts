/**
 * @file Lowering, before a graph is written: replaces operators that ONNX lacks, or that runtimes run slowly, by
 * others.
 */

import { concat, flip, pad, reshape, slice, transpose } from '../ops/layout.ts';
import { conv, matmul } from '../ops/linear.ts';
import { sum } from '../ops/reduce.ts';
import type { ConvAttrs, ConvTransposeAttrs, ConvWeightAttrs } from '../ops.ts';
import { rewrite } from '../rewrite.ts';
import { is, type Shape, type Value } from '../value.ts';

/** The same outputs, computed by operators of ONNX alone. */
export function lower(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  return rewrite(outputs, (value) => {
    const [a, b] = value.inputs as [Value, Value];
    if (is(value, 'ConvWeight')) return weightGradient(a, b, value.attrs, value.shape);
    return is(value, 'ConvTranspose') ? transposed(value, a, b, value.attrs) : value;
  });
}

/**
 * At stride 1 a transposed convolution equals a convolution with the kernel flipped, which runtimes run twice as fast.
 */
function transposed(value: Value, x: Value, w: Value, attrs: ConvTransposeAttrs): Value {
  const { strides, pads, dilations, group, outputPadding } = attrs;
  const full = pads.map((before, side) => dilations[side % 2]! * (w.shape[(side % 2) + 2]! - 1) - before);
  const plain = [...strides, ...outputPadding].every((n, i) => n === (i < 2 ? 1 : 0));
  if (!plain || full.some((n) => n < 0)) return value;
  return conv(x, turned(w, group), { dilations, group, pads: full as unknown as ConvAttrs['pads'] });
}

/** A kernel [M, C/group, kh, kw] as [C, M/group, kh, kw], with rows and columns flipped. */
function turned(w: Value, group: number): Value {
  const [m, c, kh, kw] = w.shape as [number, number, number, number];
  const grouped = transpose(reshape(w, [group, m / group, c, kh, kw]), [0, 2, 1, 3, 4]);
  return flip(reshape(grouped, [group * c, m / group, kh, kw]), [2, 3]);
}

function weightGradient(x: Value, g: Value, attrs: ConvWeightAttrs, w: Shape): Value {
  return attrs.strides.every((stride) => stride === 1) ? byTaps(x, g, attrs, w) : byConvolution(x, g, attrs, w);
}

/**
 * The kernel's gradient as one convolution: batch and channels change places, so do strides and dilations, and g
 * [N, M, H', W'] becomes the kernel.
 */
function byConvolution(x: Value, g: Value, { group, strides, pads, dilations }: ConvAttrs, w: Shape): Value {
  const [batch, channels] = x.shape as [number, number];
  // Rows and columns of x that no window reached would give surplus taps: they are cut off, those of the padding first.
  const [rows, columns] = [0, 1].map((axis) => {
    const [size, before, after] = [x.shape[axis + 2]!, pads[axis]!, pads[axis + 2]!];
    const reached = (g.shape[axis + 2]! - 1) * strides[axis]! + (w[axis + 2]! - 1) * dilations[axis]! + 1 - before;
    return { kept: Math.min(size, reached), after: Math.min(after, Math.max(0, reached - size)) };
  });
  const used = slice(x, [0, 0, 0, 0], [batch, channels, rows!.kept, columns!.kept]);
  const grouped = reshape(used, [batch, group, channels / group, rows!.kept, columns!.kept]);
  const swapped = reshape(transpose(grouped, [2, 1, 0, 3, 4]), [
    channels / group,
    group * batch,
    rows!.kept,
    columns!.kept,
  ]);
  const kernel = transpose(g, [1, 0, 2, 3]);
  const around = [pads[0], pads[1], rows!.after, columns!.after] as const;
  return transpose(
    conv(swapped, kernel, { strides: dilations, dilations: strides, pads: around, group }),
    [1, 0, 2, 3],
  );
}

/** From so many pixels on, the matrix product of one image is large enough to run efficiently. */
const LARGE = 128;

/**
 * The kernel's gradient at stride 1: the gradient of each tap is a matrix product of g with the part of x that the tap
 * was applied to. Two to ten times as fast as a convolution with a kernel of the image's size.
 */
function byTaps(x: Value, g: Value, { group, pads, dilations }: ConvAttrs, w: Shape): Value {
  const [batch, channels] = x.shape as [number, number];
  const [, m, height, width] = g.shape as [number, number, number, number];
  const [, inGroup, kh, kw] = w as [number, number, number, number];
  const pixels = height * width;
  const padded = pad(x, [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]);
  const seenBy = (row: number, column: number) => {
    const [top, left] = [row * dilations[0], column * dilations[1]];
    return slice(padded, [0, 0, top, left], [batch, channels, top + height, left + width]);
  };
  // Small images are concatenated, so that one matrix product also sums over the batch.
  const rows = (v: Value, each: number) =>
    pixels >= LARGE
      ? reshape(v, [batch, group, each, pixels])
      : reshape(transpose(v, [1, 0, 2, 3]), [1, group, each, batch * pixels]);
  const cotangent = rows(g, m / group);
  const taps = Array.from({ length: kh * kw }, (_, tap) => {
    const seen = rows(seenBy(Math.floor(tap / kw), tap % kw), inGroup);
    const product = matmul(cotangent, transpose(seen, [0, 1, 3, 2]));
    return reshape(sum(product, [0]), [m, inGroup, 1]);
  });
  return reshape(concat(taps, 2), w);
}
