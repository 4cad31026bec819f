/** @file What a graph costs to run, in floating-point operations. */

import type { OpName } from './ops.ts';
import { count, is, type Value } from './value.ts';

/** Operators that compute nothing: they give, move or relabel elements. */
const free: ReadonlySet<OpName> = new Set<OpName>([
  ...(['Input', 'Constant', 'Identity', 'StopGradient', 'Cast', 'OpaqueOutput'] as const),
  ...(['Reshape', 'Transpose', 'Expand', 'Concat', 'Slice', 'Flip', 'Pad'] as const),
  ...(['Gather', 'GatherElements', 'GatherND', 'ScatterElements', 'ScatterND', 'TopKIndices'] as const),
]);

/**
 * Floating-point operations of these values, each alone: two per multiply-add of matrix products and convolutions, one per
 * element read by a reduction, one per element made by everything else, an unknown operator too. Give
 * `topological(outputs)` for a whole graph.
 */
export function flops(values: readonly Value[]): number {
  return values.reduce((sum, value) => sum + flopsOf(value), 0);
}

function flopsOf(value: Value): number {
  const { op, inputs, shape } = value;
  if (free.has(op)) return 0;
  if (op === 'MatMul') return 2 * count(shape) * inputs[0]!.shape.at(-1)!;
  // A kernel is [M, C/group, ...]: every output element of Conv, and every input element of ConvTranspose, meets its tail.
  if (op === 'Conv') return 2 * count(shape) * count(inputs[1]!.shape.slice(1));
  if (op === 'ConvTranspose') return 2 * count(inputs[0]!.shape) * count(inputs[1]!.shape.slice(1));
  if (op === 'ConvWeight') return 2 * count(inputs[1]!.shape) * count(shape.slice(1));
  if (is(value, 'MaxPool')) return count(shape) * count(value.attrs.kernel);
  return op.startsWith('Reduce') ? count(inputs[0]!.shape) : count(shape);
}
