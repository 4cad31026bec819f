/** @file Estimates the memory of a graph from its shapes. */

import type { OpName } from '../graph/ops.ts';
import { count, type DType, is, topological, type Value } from '../graph/value.ts';

/** Memory of a graph, in bytes. */
export interface Memory {
  /** Of constants and of values that depend on constants alone: they stay allocated between runs. */
  readonly constant: number;
  /** Of the other values: the largest sum that is allocated at one time. */
  readonly alive: number;
}

/** Operators whose result shares the memory of their input. */
const views: ReadonlySet<OpName> = new Set<OpName>(['Reshape', 'Identity', 'StopGradient']);

/** Operators that may overwrite an input of the result's size, if nothing else needs it. */
const inPlace: ReadonlySet<OpName> = new Set<OpName>([
  ...(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Neg', 'Abs', 'Sign', 'Floor', 'Ceil', 'Round'] as const),
  ...(['Sqrt', 'Exp', 'Log', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh'] as const),
  ...(['Atanh', 'Erf', 'Tanh', 'Sigmoid', 'Softplus', 'Relu', 'LeakyRelu', 'PRelu', 'Elu'] as const),
]);

const bytes: Readonly<Record<DType, number>> = { float32: 4, float16: 2, int64: 8, bool: 1 };

/**
 * The memory of a graph whose values are computed in topological order, each in its own buffer, which is freed after
 * its last use. ONNX Runtime's order and sharing of buffers differ a little.
 */
export function memoryOf(outputs: Readonly<Record<string, Value>>): Memory {
  const order = topological(Object.values(outputs));
  const fixed = new Set<Value>();
  const owners = new Map<Value, Value>();
  const uses = new Map<Value, number>();
  let constant = 0;
  for (const value of order) {
    owners.set(value, views.has(value.op) ? owners.get(value.inputs[0]!)! : value);
    if (!is(value, 'Input') && value.inputs.every((x) => fixed.has(x))) fixed.add(value);
    for (const x of value.inputs) uses.set(owners.get(x)!, (uses.get(owners.get(x)!) ?? 0) + 1);
    if (is(value, 'Constant')) constant += sizeOf(value);
  }
  for (const value of Object.values(outputs)) uses.set(owners.get(value)!, Number.POSITIVE_INFINITY);

  let [alive, most] = [0, 0];
  for (const value of order) {
    if (fixed.has(value) || is(value, 'Input')) continue;
    const over = value.inputs.find(
      (x) => inPlace.has(value.op) && uses.get(owners.get(x)!) === 1 && freed(x) && sizeOf(x) === sizeOf(value),
    );
    if (owners.get(value) === value && !over) alive += sizeOf(value);
    most = Math.max(most, alive);
    for (const x of value.inputs) {
      const owner = owners.get(x)!;
      uses.set(owner, uses.get(owner)! - 1);
      if (uses.get(owner) === 0 && freed(x) && x !== over) alive -= sizeOf(owner);
    }
  }
  return { constant, alive: most };

  /** Whether a value's buffer can be freed; those of inputs and constants cannot. */
  function freed(value: Value): boolean {
    const owner = owners.get(value)!;
    return !fixed.has(owner) && !is(owner, 'Input');
  }
}

function sizeOf({ shape, dtype }: Value): number {
  return count(shape) * bytes[dtype];
}
