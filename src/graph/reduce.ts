/** @file Reductions. Axes left out mean all; reduced axes stay as size 1 with `keep`. */

import { reshape } from './layout.ts';
import { normaliseAxes, reducedShape } from './shapes.ts';
import { node, type Shape, type Value } from './value.ts';

interface ReduceOptions {
  /** Keep the reduced axes as size 1. @default false */
  keep?: boolean;
}

function reduction(op: 'ReduceSum' | 'ReduceMean') {
  return (x: Value, axes?: readonly number[], { keep = false }: ReduceOptions = {}): Value => {
    const reduced = normaliseAxes(op, axes, x.shape.length);
    const kept = reduced.length === 0 ? x : node(op, [x], { axes: reduced }, reducedShape(x.shape, reduced));
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

/** Sums x over the axes along which `shape` was broadcast to x's: the transpose of broadcasting. */
export function sumTo(x: Value, shape: Shape): Value {
  const lead = x.shape.length - shape.length;
  const axes = Array.from(x.shape.keys()).filter((i) => i < lead || (shape[i - lead] === 1 && x.shape[i] !== 1));
  return axes.length === 0 ? x : reshape(sum(x, axes), shape);
}
