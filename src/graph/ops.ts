/** @file Every operator that a graph is made of, by its ONNX name, with the types of its inputs and attributes. */

import type { Data, DType, Shape, Value } from './value.ts';

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

/** Settings of a convolution, and the rows and columns of its kernel. */
export interface ConvWeightAttrs extends ConvAttrs {
  readonly kernel: readonly [number, number];
}

/** Settings of a pooling window. */
export interface PoolAttrs extends Omit<ConvAttrs, 'group'> {
  readonly kernel: readonly [number, number];
}

/** An unknown operator, kept as it was read: its attributes are those of the ONNX node. */
export interface OpaqueAttrs {
  readonly opType: string;
  readonly domain: string;
  /** The version of the domain's operator set. */
  readonly version: number;
  /** AttributeProtos. */
  readonly attributes: readonly unknown[];
  /** The index of each input among those of the node, since some may be left out. */
  readonly places: readonly number[];
  /** The number of outputs of the node. This value is the first, each {@link Ops.OpaqueOutput} another. */
  readonly outputs: number;
}

export type None = Readonly<Record<never, never>>;
export interface Unary {
  inputs: readonly [x: Value];
  attrs: None;
}
export interface Binary {
  inputs: readonly [a: Value, b: Value];
  attrs: None;
}
export interface Reduction {
  inputs: readonly [x: Value];
  attrs: { readonly axes: readonly number[] };
}
export interface Along {
  inputs: readonly [x: Value];
  attrs: { readonly axis: number };
}
/** `alpha` is the slope left of 0, for Elu the slope at 0. */
export interface Sloped {
  inputs: readonly [x: Value];
  attrs: { readonly alpha: number };
}
/** For updates at the same index: `add` sums them, `none` keeps the last. */
export interface Scatter {
  readonly reduction: 'none' | 'add';
}

export interface Ops {
  Input: { inputs: readonly []; attrs: { readonly name: string } };
  Constant: { inputs: readonly []; attrs: { readonly data: Data } };
  Identity: Unary;
  StopGradient: Unary;
  Cast: { inputs: readonly [x: Value]; attrs: { readonly to: DType } };
  Opaque: { inputs: readonly Value[]; attrs: OpaqueAttrs };
  OpaqueOutput: { inputs: readonly [node: Value]; attrs: { readonly index: number } };

  Add: Binary;
  Sub: Binary;
  Mul: Binary;
  Div: Binary;
  Mod: Binary;
  Pow: Binary;
  Max: Binary;
  Min: Binary;
  Greater: Binary;
  Equal: Binary;
  And: Binary;
  Or: Binary;
  Where: { inputs: readonly [condition: Value, a: Value, b: Value]; attrs: None };

  Neg: Unary;
  Abs: Unary;
  Sign: Unary;
  Floor: Unary;
  Ceil: Unary;
  Round: Unary;
  Sqrt: Unary;
  Exp: Unary;
  Log: Unary;
  Sin: Unary;
  Cos: Unary;
  Tan: Unary;
  Asin: Unary;
  Acos: Unary;
  Atan: Unary;
  Sinh: Unary;
  Cosh: Unary;
  Asinh: Unary;
  Acosh: Unary;
  Atanh: Unary;
  Erf: Unary;
  Tanh: Unary;
  Sigmoid: Unary;
  Softplus: Unary;
  Relu: Unary;
  LeakyRelu: Sloped;
  /** The slope broadcasts to x. */
  PRelu: { inputs: readonly [x: Value, slope: Value]; attrs: None };
  Elu: Sloped;
  Not: Unary;

  MatMul: Binary;
  Conv: { inputs: readonly [x: Value, w: Value]; attrs: ConvAttrs };
  ConvTranspose: { inputs: readonly [x: Value, w: Value]; attrs: ConvTransposeAttrs };
  /**
   * The gradient of a convolution's kernel [M, C/group, kh, kw], from its x and its output's cotangent g; not in ONNX.
   */
  ConvWeight: { inputs: readonly [x: Value, g: Value]; attrs: ConvWeightAttrs };
  /** The padding counts as −∞. */
  MaxPool: { inputs: readonly [x: Value]; attrs: PoolAttrs };

  ReduceSum: Reduction;
  ReduceMean: Reduction;
  ReduceMax: Reduction;
  ReduceMin: Reduction;
  Softmax: Along;
  LogSoftmax: Along;
  CumSum: {
    inputs: readonly [x: Value];
    attrs: { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean };
  };

  Reshape: { inputs: readonly [x: Value]; attrs: { readonly shape: Shape } };
  Expand: { inputs: readonly [x: Value]; attrs: { readonly shape: Shape } };
  Transpose: { inputs: readonly [x: Value]; attrs: { readonly perm: readonly number[] } };
  Concat: { inputs: readonly Value[]; attrs: { readonly axis: number } };
  /** Every axis has its start, end (exclusive) and positive step. */
  Slice: {
    inputs: readonly [x: Value];
    attrs: { readonly starts: readonly number[]; readonly ends: readonly number[]; readonly steps: readonly number[] };
  };
  /** Reverses the order of the elements along these axes. */
  Flip: Reduction;
  /** Zeros around: `pads` is every axis's begin, then every axis's end. */
  Pad: { inputs: readonly [x: Value]; attrs: { readonly pads: readonly number[] } };

  /** Indices are int64 everywhere and count from 0. */
  Gather: { inputs: readonly [x: Value, indices: Value]; attrs: { readonly axis: number } };
  GatherElements: { inputs: readonly [x: Value, indices: Value]; attrs: { readonly axis: number } };
  GatherND: Binary;
  ScatterElements: {
    inputs: readonly [x: Value, indices: Value, updates: Value];
    attrs: Scatter & { readonly axis: number };
  };
  ScatterND: { inputs: readonly [x: Value, indices: Value, updates: Value]; attrs: Scatter };
  /** Where the k largest (or smallest) elements along an axis are, in order. */
  TopKIndices: {
    inputs: readonly [x: Value];
    attrs: { readonly axis: number; readonly k: number; readonly largest: boolean };
  };
}

export type OpName = keyof Ops;
