/** @file Matrix products and convolutions. */

import type { ConvAttrs, ConvTransposeAttrs } from '../ops.ts';
import { fail, is, node, type Shape, type Value } from '../value.ts';
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
 * The gradient of {@link conv} with respect to x [N, C, H, W], from the cotangent g. Output padding makes up for rows
 * and columns of x that no window reached.
 */
export function convInput(g: Value, w: Value, attrs: ConvAttrs, x: Shape): Value {
  const [, , height, width] = convTransposeShape(g.shape, w.shape, { ...attrs, outputPadding: [0, 0] });
  return convTranspose(g, w, { ...attrs, outputPadding: [x[2]! - height!, x[3]! - width!] });
}

/**
 * The gradient of {@link conv} with respect to w [M, C/group, kh, kw], from x [N, C, H, W] and the cotangent g [N, M,
 * H', W'].
 */
export function convWeight(x: Value, g: Value, attrs: ConvAttrs, w: Shape): Value {
  return node('ConvWeight', [x, g], { ...convAttrs(attrs), kernel: [w[2]!, w[3]!] }, w);
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
