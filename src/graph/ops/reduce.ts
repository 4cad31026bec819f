/** @file Reductions. Axes left out mean all; reduced axes stay as size 1 with `keep`. */

import { node, type Shape, type Value } from '../value.ts';
import { reshape } from './layout.ts';
import { normaliseAxes, normaliseAxis, reducedShape } from './shapes.ts';

export interface ReduceOptions {
  /** Keep the reduced axes as size 1. @default false */
  keep?: boolean;
}

function reduction(op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin') {
  return (x: Value, axes?: readonly number[], { keep = false }: ReduceOptions = {}): Value => {
    const reduced = normaliseAxes(op, axes, x.shape.length);
    const kept = reduced.length === 0 ? x : node(op, [x], { axes: reduced }, reducedShape(x.shape, reduced), x.dtype);
    return keep
      ? kept
      : reshape(
          kept,
          x.shape.filter((_, axis) => !reduced.includes(axis)),
        );
  };
}

export const sum = reduction('ReduceSum');
export const mean = reduction('ReduceMean');
/** The largest element; ties share its gradient equally. */
export const reduceMax = reduction('ReduceMax');
/** The smallest element; ties share its gradient equally. */
export const reduceMin = reduction('ReduceMin');

/** exp(x) / Σ exp(x) along an axis, computed without overflow. */
export function softmax(x: Value, axis = -1): Value {
  return node('Softmax', [x], { axis: normaliseAxis('Softmax', axis, x.shape.length) }, x.shape);
}

/** log {@link softmax}, computed without overflow. */
export function logSoftmax(x: Value, axis = -1): Value {
  return node('LogSoftmax', [x], { axis: normaliseAxis('LogSoftmax', axis, x.shape.length) }, x.shape);
}

/** Running sums along an axis: without the element itself if `exclusive`, from the end if `reverse`. */
export function cumSum(x: Value, axis: number, { exclusive = false, reverse = false } = {}): Value {
  const along = normaliseAxis('CumSum', axis, x.shape.length);
  return node('CumSum', [x], { axis: along, exclusive, reverse }, x.shape, x.dtype);
}

/** Sums x over the axes along which `shape` was broadcast to x's: the transpose of broadcasting. */
export function sumTo(x: Value, shape: Shape): Value {
  const lead = x.shape.length - shape.length;
  const axes = Array.from(x.shape.keys()).filter((i) => i < lead || (shape[i - lead] === 1 && x.shape[i] !== 1));
  return axes.length === 0 ? x : reshape(sum(x, axes), shape);
}
