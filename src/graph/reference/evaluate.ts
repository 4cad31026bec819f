/** @file Evaluates a graph in float64 without ONNX Runtime: the reference for tests. */

import { fromFloat16 } from '../float16.ts';
import { count, type Data, fail, is, nameOf, topological, type Value } from '../value.ts';
import { kernels } from './kernels.ts';
import type { Tensor } from './tensor.ts';

/**
 * The elements of each value, in float64; bool as 0 and 1. `feeds` holds the data of every input by name.
 * Slow by design: plain loops that can be read. Compile a graph to run it fast.
 */
export function evaluate(
  values: readonly Value[],
  feeds: Readonly<Record<string, ArrayLike<number>>> = {},
): Float64Array[] {
  const tensors = new Map<Value, Tensor>();
  for (const value of topological(values)) {
    const inputs = value.inputs.map((x) => tensors.get(x)!);
    tensors.set(value, { data: compute(value, inputs, feeds), shape: value.shape });
  }
  return values.map((value) => tensors.get(value)!.data);
}

function compute(value: Value, inputs: Tensor[], feeds: Readonly<Record<string, ArrayLike<number>>>): Float64Array {
  if (is(value, 'Constant')) return floats(value.attrs.data);
  if (is(value, 'Input')) {
    const { name } = value.attrs;
    const data = feeds[name];
    if (data?.length !== count(value.shape)) {
      fail(
        'evaluate',
        `${count(value.shape)} numbers for input '${name}' [${value.shape}], got ${data?.length ?? 'none'}`,
      );
    }
    return Float64Array.from(data);
  }
  const kernel = kernels[value.op as keyof typeof kernels];
  if (!kernel) fail('evaluate', `operators that latentfill knows, got ${nameOf(value)}`);
  const data = kernel(inputs, value.attrs as never, value.shape);
  return value.dtype === 'int64' ? data.map(Math.trunc) : data; // integer division gives integers
}

/** The elements of a constant as float64. */
function floats(data: Data): Float64Array {
  if (data instanceof Uint16Array) return Float64Array.from(fromFloat16(data));
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}
