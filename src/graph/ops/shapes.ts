/** @file Shape rules that more than one operator needs. */

import type { ConvAttrs, ConvTransposeAttrs, PoolAttrs } from '../ops.ts';
import { fail, type Shape } from '../value.ts';

/** The shape that two broadcast to, as NumPy and ONNX define it. */
export function broadcast(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) fail(op, `shapes that broadcast, got [${a}] and [${b}]`);
    return m === 1 ? n : m;
  });
}

/** Steps between neighbours along each axis of a dense tensor, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}

/** Axes as given (negative counts from the end; none means all), sorted and checked. */
export function normaliseAxes(op: string, axes: readonly number[] | undefined, rank: number): number[] {
  const all = axes ? axes.map((axis) => (axis < 0 ? axis + rank : axis)) : Array.from({ length: rank }, (_, i) => i);
  if (all.some((axis) => axis < 0 || axis >= rank) || new Set(all).size !== all.length) {
    fail(op, `different axes of a rank-${rank} tensor, got [${axes}]`);
  }
  return all.sort((m, n) => m - n);
}

/** Same rank, with the reduced axes kept as 1. */
export function reducedShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** One axis as given (negative counts from the end), checked. */
export function normaliseAxis(op: string, axis: number, rank: number): number {
  return normaliseAxes(op, [axis], rank)[0]!;
}

/** [N, M, H', W'] of a convolution of x [N, C, H, W] with w [M, C/group, kh, kw]. */
export function convShape(x: Shape, w: Shape, { strides, pads, dilations, group }: ConvAttrs): Shape {
  if (x.length !== 4 || w.length !== 4 || x[1] !== w[1]! * group || w[0]! % group !== 0) {
    fail('Conv', `x [N, C, H, W] and w [M, C/${group}, kh, kw], got [${x}] and [${w}]`);
  }
  return [x[0]!, w[0]!, ...windows('Conv', x, { strides, pads, dilations, kernel: [w[2]!, w[3]!] })];
}

/** [N, C, H', W'] of a pooling of x [N, C, H, W]. */
export function poolShape(op: string, x: Shape, attrs: PoolAttrs): Shape {
  if (x.length !== 4) fail(op, `x [N, C, H, W], got [${x}]`);
  return [x[0]!, x[1]!, ...windows(op, x, attrs)];
}

/** The number of window positions along the rows and along the columns of x [N, C, H, W]. */
function windows(op: string, x: Shape, { kernel, strides, pads, dilations }: PoolAttrs): [number, number] {
  const side = (axis: 0 | 1) => {
    const span = dilations[axis] * (kernel[axis] - 1) + 1;
    return Math.floor((x[axis + 2]! + pads[axis] + pads[axis + 2]! - span) / strides[axis]) + 1;
  };
  if ([...strides, ...dilations, ...kernel].some((n) => !(n >= 1)))
    fail(op, 'strides, dilations and a kernel of at least 1');
  const [height, width] = [side(0), side(1)];
  if (height < 1 || width < 1) fail(op, `x at least as large as its window of [${kernel}], got [${x}]`);
  return [height, width];
}

/** [N, M, H', W'] of a transposed convolution of x [N, C, H, W] with w [C, M/group, kh, kw]. */
export function convTransposeShape(x: Shape, w: Shape, attrs: ConvTransposeAttrs): Shape {
  const { strides, pads, dilations, group, outputPadding } = attrs;
  if (x.length !== 4 || w.length !== 4 || x[1] !== w[0] || w[0]! % group !== 0) {
    fail('ConvTranspose', `x [N, C, H, W] and w [C, M/${group}, kh, kw], got [${x}] and [${w}]`);
  }
  const side = (axis: 0 | 1) =>
    strides[axis] * (x[axis + 2]! - 1) +
    outputPadding[axis] +
    dilations[axis] * (w[axis + 2]! - 1) +
    1 -
    pads[axis] -
    pads[axis + 2]!;
  const [height, width] = [side(0), side(1)];
  if (!(height >= 1 && width >= 1)) fail('ConvTranspose', `pads that leave something, got [${pads}]`);
  return [x[0]!, w[1]! * group, height, width];
}
