/** @file What a graph costs to run, in floating-point operations. */

import { count, is, type OpName, type Value } from './value.ts';

/** Operators that compute nothing: they give, move or relabel elements. */
const free: ReadonlySet<string> = new Set<OpName | (string & {})>([
  ...['Input', 'Constant', 'Identity', 'StopGradient', 'Cast', 'Shape'],
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'Tile', 'Concat', 'Split', 'Slice', 'Pad'],
  ...['Gather', 'GatherElements', 'GatherND', 'ScatterND', 'DepthToSpace', 'SpaceToDepth', 'OneHot'],
]);

/**
 * Floating-point operations of these values, each alone: two per multiply-add of matrix products and convolutions, one per
 * element read by a reduction, one per element made by everything else. Give `topological(outputs)` for a whole graph.
 */
export function flops(values: readonly Value[]): number {
  return values.reduce((sum, value) => sum + flopsOf(value), 0);
}

function flopsOf(value: Value): number {
  const { op, inputs, shape } = value;
  if (free.has(op)) return 0;
  if (is(value, 'MatMul')) return 2 * count(shape) * inputs[0]!.shape.at(-1)!;
  // A kernel is [M, C/group, ...]: every output element of Conv, and every input element of ConvTranspose, meets C/group · taps.
  if (is(value, 'Conv')) return 2 * count(shape) * count(inputs[1]!.shape.slice(1));
  if (is(value, 'ConvTranspose')) return 2 * count(inputs[0]!.shape) * count(inputs[1]!.shape.slice(1));
  return op.startsWith('Reduce') ? count(inputs[0]!.shape) : count(shape);
}
