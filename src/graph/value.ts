/** @file The graph's one type: an immutable value whose shape and type are known when it is made. */

import { LatentfillError } from '../base/errors.ts';
import type { OpName, Ops } from './ops.ts';

/** Element types. Arithmetic is float32; float16 only stores weights; int64 and bool never carry a gradient. */
export type DType = 'float32' | 'float16' | 'int64' | 'bool';

/** The elements of a constant, by type: float16 as its bits, bool as 0 and 1. */
export type Data = Float32Array | Uint16Array | BigInt64Array | Uint8Array;

/** Sizes, outermost first; a scalar's is []. */
export type Shape = readonly number[];

/** Elements of a tensor at most (4 GiB of float32): a larger one is taken for a mistake. */
const MAX_ELEMENTS = 2 ** 30;

/** A node of the graph, and the tensor that it computes. Only the functions of this folder make values. */
export interface Value {
  readonly op: OpName;
  readonly inputs: readonly Value[];
  readonly attrs: Ops[OpName]['attrs'];
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Makes a value; operator, inputs and attributes must agree. */
export function node<K extends OpName>(
  op: K,
  inputs: Ops[K]['inputs'],
  attrs: Ops[K]['attrs'],
  shape: Shape,
  dtype: DType = 'float32',
): Value {
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) fail(op, `whole sizes of at least 0, got [${shape}]`);
  }
  if (count(shape) > MAX_ELEMENTS) fail(op, `at most ${MAX_ELEMENTS} elements, got [${shape}]`);
  return { op, inputs, attrs, shape, dtype };
}

/** True when `value` was made by operator `op`; then its attributes have that operator's type. */
export function is<K extends OpName>(value: Value, op: K): value is Value & { readonly attrs: Ops[K]['attrs'] } {
  return value.op === op;
}

/** A tensor that is fed to each run under its name, which is unique within a graph. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Value {
  return node('Input', [], { name }, shape, dtype);
}

/** A constant tensor. The data is not copied, so it must not be changed. */
export function constant(data: Data | readonly number[], shape: Shape = [data.length]): Value {
  const held = Array.isArray(data) ? Float32Array.from(data) : (data as Data);
  if (held.length !== count(shape)) fail('Constant', `${count(shape)} values for shape [${shape}], got ${held.length}`);
  return node('Constant', [], { data: held }, shape, dtypeOfData(held));
}

/** A float32 constant of shape []. */
export function scalar(x: number): Value {
  return constant([x], []);
}

/** The number of elements of a shape. */
export function count(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

const labels = new WeakMap<Value, string>();

/** Records which node of a model's file a value comes from, for error messages. The first label stays. */
export function label(value: Value, node: string): void {
  if (!labels.has(value)) labels.set(value, node);
}

/** A value as errors name it: its operator, and the node of the file that it comes from. */
export function nameOf(value: Value): string {
  const op = is(value, 'Opaque') ? value.attrs.opType : value.op;
  const node = labels.get(value);
  return node === undefined ? op : `${op} at node '${node}'`;
}

/** Throws a LatentfillError about the operator that is being made. */
export function fail(op: string, expectation: string): never {
  throw new LatentfillError('graph', `${op}: expected ${expectation}.`);
}

/**
 * Every value that `outputs` depend on, each after its inputs; without `known` values and the inputs that only those
 * use.
 */
export function topological(outputs: readonly Value[], known?: { has(value: Value): boolean }): Value[] {
  const order: Value[] = [];
  const done = new Set<Value>();
  const skipped = (value: Value) => done.has(value) || known?.has(value) === true;
  const stack: { value: Value; next: number }[] = outputs.toReversed().map((value) => ({ value, next: 0 }));
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!; // an explicit stack, since deep graphs would overflow the call stack
    const child = skipped(top.value) ? undefined : top.value.inputs[top.next++];
    if (child) {
      if (!skipped(child)) stack.push({ value: child, next: 0 });
      continue;
    }
    stack.pop();
    if (!skipped(top.value)) {
      done.add(top.value);
      order.push(top.value);
    }
  }
  return order;
}

/** The element type that data of this kind holds. */
export function dtypeOfData(data: Data): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Uint16Array) return 'float16';
  return data instanceof BigInt64Array ? 'int64' : 'bool';
}
