/** @file What a graph costs to run, in floating-point operations. */

import type { OpName } from './ops.ts';
import { count, is, type Value } from './value.ts';

/** Operators without arithmetic: they provide, convert, move or select elements. */
const free: ReadonlySet<OpName> = new Set<OpName>([
  ...(['Input', 'Constant', 'Identity', 'StopGradient', 'Cast', 'OpaqueOutput'] as const),
  ...(['Reshape', 'Transpose', 'Expand', 'Concat', 'Slice', 'Flip', 'Pad'] as const),
  ...(['Gather', 'GatherElements', 'GatherND', 'ScatterElements', 'ScatterND', 'TopKIndices'] as const),
]);

/**
 * Floating-point operations of these values, without those of their inputs; for a whole graph, give
 * `topological(outputs)`. A multiply-add of a matrix product or convolution counts two. A reduction counts one per
 * element that it reads. Every other operator, known or not, counts one per element of its result.
 */
export function flops(values: readonly Value[]): number {
  return values.reduce((sum, value) => sum + flopsOf(value), 0);
}

function flopsOf(value: Value): number {
  const { op, inputs, shape } = value;
  if (free.has(op)) return 0;
  if (op === 'MatMul') return 2 * count(shape) * inputs[0]!.shape.at(-1)!;
  // A kernel is [M, C/group, ...]. Each output element of Conv takes a multiply-add per element of one of its M slices,
  // and so does each input element of ConvTranspose.
  if (op === 'Conv') return 2 * count(shape) * count(inputs[1]!.shape.slice(1));
  if (op === 'ConvTranspose') return 2 * count(inputs[0]!.shape) * count(inputs[1]!.shape.slice(1));
  if (op === 'ConvWeight') return 2 * count(inputs[1]!.shape) * count(shape.slice(1));
  if (is(value, 'MaxPool')) return count(shape) * count(value.attrs.kernel);
  return op.startsWith('Reduce') ? count(inputs[0]!.shape) : count(shape);
}
