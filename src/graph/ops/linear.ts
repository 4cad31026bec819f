/** @file Matrix products and convolutions. */

import type { ConvAttrs, ConvTransposeAttrs } from '../ops.ts';
import { fail, is, node, type Shape, type Value } from '../value.ts';
import { concat, flip, pad, reshape, slice, transpose } from './layout.ts';
import { sum } from './reduce.ts';
import { broadcast, convShape, convTransposeShape } from './shapes.ts';

/** a [..., m, k] times b [..., k, n]; leading axes broadcast. */
export function matmul(a: Value, b: Value): Value {
  const [m, k] = a.shape.slice(-2);
  const [k2, n] = b.shape.slice(-2);
  if (a.shape.length < 2 || b.shape.length < 2 || k !== k2) {
    fail('MatMul', `a [..., m, k] and b [..., k, n], got [${a.shape}] and [${b.shape}]`);
  }
  return node('MatMul', [a, b], {}, [...broadcast('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2)), m!, n!]);
}

/** Settings that may be given as one number for both axes, or all four sides. */
export interface ConvOptions {
  /** @default 1 */
  strides?: number | readonly [number, number];
  /** Zeros around x: one number, or [top, left, bottom, right]. @default 0 */
  pads?: number | readonly [number, number, number, number];
  /** @default 1 */
  dilations?: number | readonly [number, number];
  /** @default 1 */
  group?: number;
}

/** Convolution (correlation) of x [N, C, H, W] with w [M, C/group, kh, kw]. */
export function conv(x: Value, w: Value, options: ConvOptions = {}): Value {
  const attrs = convAttrs(options);
  const inner = is(x, 'Pad') && x.shape.length === 4 ? x.inputs[0]! : undefined;
  if (inner && is(x, 'Pad') && [0, 1, 4, 5].every((i) => x.attrs.pads[i] === 0)) {
    const pads = [2, 3, 6, 7].map((i, side) => x.attrs.pads[i]! + attrs.pads[side]!);
    return conv(inner, w, { ...attrs, pads: pads as unknown as ConvAttrs['pads'] });
  }
  return node('Conv', [x, w], attrs, convShape(x.shape, w.shape, attrs));
}

/** The transpose of {@link conv} in x: x [N, C, H, W], w [C, M/group, kh, kw]. */
export function convTranspose(
  x: Value,
  w: Value,
  options: ConvOptions & { outputPadding?: number | readonly [number, number] } = {},
): Value {
  const attrs: ConvTransposeAttrs = { ...convAttrs(options), outputPadding: pair(options.outputPadding ?? 0) };
  return node('ConvTranspose', [x, w], attrs, convTransposeShape(x.shape, w.shape, attrs));
}

/**
 * The transpose of {@link conv} in x, shaped as the x [N, C, H, W] that was convolved. At stride 1 that is a convolution
 * with the kernel turned round, which runtimes do twice as fast as a transposed one. Otherwise what {@link conv}'s
 * stride left over at the end is added as output padding.
 */
export function convInput(g: Value, w: Value, attrs: ConvAttrs, x: Shape): Value {
  const { strides, pads, dilations, group } = attrs;
  const full = pads.map((pad, side) => dilations[side % 2]! * (w.shape[(side % 2) + 2]! - 1) - pad);
  if (strides.every((stride) => stride === 1) && full.every((pad) => pad >= 0)) {
    return conv(g, turned(w, group), { dilations, group, pads: full as unknown as ConvAttrs['pads'] });
  }
  const [, , height, width] = convTransposeShape(g.shape, w.shape, { ...attrs, outputPadding: [0, 0] });
  return convTranspose(g, w, { ...attrs, outputPadding: [x[2]! - height!, x[3]! - width!] });
}

/**
 * The transpose of {@link conv} in w, itself one convolution: batch and channels change places, strides and dilations
 * too, and the cotangent g [N, M, H', W'] becomes the kernel. Returns w's shape [M, C/group, kh, kw].
 */
export function convWeight(x: Value, g: Value, attrs: ConvAttrs, w: Shape): Value {
  const { group, strides, pads, dilations } = attrs;
  const [batch, channels] = x.shape as [number, number];
  if (strides.every((stride) => stride === 1)) return weightByTaps(x, g, attrs, w);
  // Rows and columns of x that no stride reached would give surplus taps: they are cut off, padding first.
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

/** Pixels from which on a matrix product for each image is large enough by itself. */
const LARGE = 64;

/**
 * {@link convWeight} at stride 1: each tap of the kernel is a product of g with the part of x that the tap saw, two to ten
 * times as fast as a convolution with a kernel of the image's size.
 */
function weightByTaps(x: Value, g: Value, { group, pads, dilations }: ConvAttrs, w: Shape): Value {
  const [batch, channels] = x.shape as [number, number];
  const [, m, height, width] = g.shape as [number, number, number, number];
  const [, inGroup, kh, kw] = w as [number, number, number, number];
  const pixels = height * width;
  const padded = pads.some((n) => n > 0) ? pad(x, [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]) : x;
  const seenBy = (row: number, column: number) => {
    const [top, left] = [row * dilations[0], column * dilations[1]];
    return slice(padded, [0, 0, top, left], [batch, channels, top + height, left + width]);
  };
  // Small images are laid end to end, so that the sum over the batch is within the product.
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

/** A kernel [M, C/group, kh, kw] as its transpose's [C, M/group, kh, kw], rows and columns turned round. */
function turned(w: Value, group: number): Value {
  const [m, c, kh, kw] = w.shape as [number, number, number, number];
  const grouped = transpose(reshape(w, [group, m / group, c, kh, kw]), [0, 2, 1, 3, 4]);
  return flip(reshape(grouped, [group * c, m / group, kh, kw]), [2, 3]);
}

function convAttrs({ strides = 1, pads = 0, dilations = 1, group = 1 }: ConvOptions): ConvAttrs {
  return {
    strides: pair(strides),
    pads: typeof pads === 'number' ? [pads, pads, pads, pads] : pads,
    dilations: pair(dilations),
    group,
  };
}

function pair(x: number | readonly [number, number]): readonly [number, number] {
  return typeof x === 'number' ? [x, x] : x;
}
