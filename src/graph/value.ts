/** @file The graph's one type: an immutable value whose shape and type are known when it is made. */

import { LatentfillError } from '../base/errors.ts';

/** Element types. Arithmetic is float32; float16 only stores weights; int64 and bool never carry a gradient. */
export type DType = 'float32' | 'float16' | 'int64' | 'bool';

/** What a constant holds, by type: float16 as its bits, bool as 0 and 1. */
export type Data = Float32Array | Uint16Array | BigInt64Array | Uint8Array;

/** Sizes, outermost first; a scalar's is []. */
export type Shape = readonly number[];

/** Settings of a convolution, as ONNX names them: `pads` is [top, left, bottom, right]. */
export interface ConvAttrs {
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly dilations: readonly [number, number];
  readonly group: number;
}

/** Settings of a transposed convolution. */
export interface ConvTransposeAttrs extends ConvAttrs {
  readonly outputPadding: readonly [number, number];
}

type None = Readonly<Record<never, never>>;
interface Unary {
  inputs: readonly [x: Value];
  attrs: None;
}
interface Binary {
  inputs: readonly [a: Value, b: Value];
  attrs: None;
}
interface Reduction {
  inputs: readonly [x: Value];
  attrs: { readonly axes: readonly number[] };
}

/** Every operator, by its ONNX name, with the types of its inputs and attributes. */
export interface Ops {
  Input: { inputs: readonly []; attrs: { readonly name: string } };
  Constant: { inputs: readonly []; attrs: { readonly data: Data } };
  Identity: Unary;
  StopGradient: Unary;
  Cast: { inputs: readonly [x: Value]; attrs: { readonly to: DType } };

  Add: Binary;
  Sub: Binary;
  Mul: Binary;
  Div: Binary;
  Pow: Binary;
  Max: Binary;
  Min: Binary;
  Greater: Binary;
  Where: { inputs: readonly [condition: Value, a: Value, b: Value]; attrs: None };

  Neg: Unary;
  Abs: Unary;
  Sign: Unary;
  Sqrt: Unary;
  Exp: Unary;
  Log: Unary;
  Tanh: Unary;
  Sigmoid: Unary;
  Softplus: Unary;
  Relu: Unary;
  LeakyRelu: { inputs: readonly [x: Value]; attrs: { readonly alpha: number } };

  MatMul: Binary;
  Conv: { inputs: readonly [x: Value, w: Value]; attrs: ConvAttrs };
  ConvTranspose: { inputs: readonly [x: Value, w: Value]; attrs: ConvTransposeAttrs };

  ReduceSum: Reduction;
  ReduceMean: Reduction;
  Reshape: { inputs: readonly [x: Value]; attrs: { readonly shape: Shape } };
  Expand: { inputs: readonly [x: Value]; attrs: { readonly shape: Shape } };
  Transpose: { inputs: readonly [x: Value]; attrs: { readonly perm: readonly number[] } };
  Concat: { inputs: readonly Value[]; attrs: { readonly axis: number } };
  /** Every axis has its start, end (exclusive) and positive step. */
  Slice: {
    inputs: readonly [x: Value];
    attrs: { readonly starts: readonly number[]; readonly ends: readonly number[]; readonly steps: readonly number[] };
  };
  /** Zeros around: `pads` is every axis's begin, then every axis's end. */
  Pad: { inputs: readonly [x: Value]; attrs: { readonly pads: readonly number[] } };
}

export type OpName = keyof Ops;

/** A node of the graph and the tensor that it stands for. Made by the functions of this folder, never by hand. */
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
    if (!Number.isInteger(size) || size < 1) fail(op, `sizes of at least 1, got [${shape}]`);
  }
  return { op, inputs, attrs, shape, dtype };
}

/** True when `value` was made by operator `op`; then its attributes have that operator's type. */
export function is<K extends OpName>(value: Value, op: K): value is Value & { readonly attrs: Ops[K]['attrs'] } {
  return value.op === op;
}

/** A tensor given at each run. Names are the run's keys: unique within a graph. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Value {
  return node('Input', [], { name }, shape, dtype);
}

/** A tensor known now. The data is shared, not copied: leave it unchanged. */
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

/** Ends the construction of a graph with one sentence. */
export function fail(op: string, expectation: string): never {
  throw new LatentfillError(`${op}: expected ${expectation}.`);
}

/** Every value that `outputs` depend on, inputs before what uses them. */
export function topological(outputs: readonly Value[]): Value[] {
  const order: Value[] = [];
  const done = new Set<Value>();
  const stack: { value: Value; next: number }[] = outputs.toReversed().map((value) => ({ value, next: 0 }));
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!; // an explicit stack: deep graphs must not overflow the call stack
    const child = done.has(top.value) ? undefined : top.value.inputs[top.next++];
    if (child) {
      if (!done.has(child)) stack.push({ value: child, next: 0 });
      continue;
    }
    stack.pop();
    if (!done.has(top.value)) {
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
