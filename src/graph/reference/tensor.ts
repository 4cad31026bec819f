/** @file Dense float64 tensors for the reference kernels, and the positions of their elements. */

import { stridesOf } from '../ops/shapes.ts';
import type { OpName, Ops } from '../ops.ts';
import { count, type Shape } from '../value.ts';

/** A dense tensor in float64; bool as 0 and 1. */
export interface Tensor {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** The reference of an operator: from its inputs to its elements. */
export type Kernel<K extends OpName> = (
  inputs: readonly Tensor[],
  attrs: Ops[K]['attrs'],
  shape: Shape,
) => Float64Array;

/** The position in memory of each element of a tensor of `shape` with these strides, the first element at `first`. */
export function positions(shape: Shape, first: number, strides: readonly number[]): Int32Array {
  let at = Int32Array.of(first);
  shape.forEach((size, axis) => {
    const next = new Int32Array(at.length * size);
    at.forEach((start, i) => {
      for (let k = 0; k < size; k++) next[i * size + k] = start + k * strides[axis]!;
    });
    at = next;
  });
  return at;
}

/** The elements of a tensor of `shape` that lie in `data` with these strides. */
export function gather(data: Float64Array, shape: Shape, first: number, strides: readonly number[]): Float64Array {
  return Float64Array.from(positions(shape, first, strides), (at) => data[at]!);
}

/** Strides of a tensor of shape `from` read as one of shape `to`: 0 where it is repeated. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  return to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : strides[i - lead]!));
}

/** The elements of x repeated up to `shape`. */
export function broadcastTo(x: Tensor, shape: Shape): Float64Array {
  return gather(x.data, shape, 0, broadcastStrides(x.shape, shape));
}

/** The positions of the elements along an axis, for each place on the others. */
export function lines(shape: Shape, axis: number): number[][] {
  const strides = stridesOf(shape);
  const starts = positions(shape.with(axis, 1), 0, strides);
  return Array.from(count(shape) === 0 ? [] : starts, (start) =>
    Array.from({ length: shape[axis]! }, (_, k) => start + k * strides[axis]!),
  );
}
