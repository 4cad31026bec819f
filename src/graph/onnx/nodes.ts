/**
 * @file How each operator is written as an ONNX node (opset 18), one line each; `lower.ts` replaces the others by
 * these.
 */

import type { ConvAttrs, OpName, Ops, PoolAttrs } from '../ops.ts';
import type { Value } from '../value.ts';
import type { Attribute } from './attributes.ts';
import { dataTypes } from './tensors.ts';

/** What an operator adds to its inputs when written: attributes, then int64 tensors as further inputs. */
interface Written {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly tensors?: readonly (readonly number[])[];
}

interface Node<K extends OpName> {
  /** The ONNX operator, where it has another name. */
  readonly as?: string;
  /** Which output of the node the value is. @default 0 */
  readonly output?: number;
  readonly write?: (attrs: Ops[K]['attrs'], x: readonly Value[]) => Written;
}

const plain = {};

const reduction = {
  write: ({ axes }: { axes: readonly number[] }) => ({ attributes: { keepdims: 1n }, tensors: [axes] }),
};

const sloped = { write: ({ alpha }: { alpha: number }) => ({ attributes: { alpha } }) };

const along = { write: ({ axis }: { axis: number }) => ({ attributes: { axis: BigInt(axis) } }) };

const convAttributes = ({ strides, pads, dilations, group }: ConvAttrs) => ({
  strides,
  pads,
  dilations,
  group: BigInt(group),
});

const poolAttributes = ({ kernel, strides, pads, dilations }: PoolAttrs) => ({
  kernel_shape: kernel,
  strides,
  pads,
  dilations,
});

/** Operators that are written in another way, or never. */
type Unwritten = 'Input' | 'Constant' | 'Opaque' | 'OpaqueOutput' | 'ConvWeight';

export const onnxNodes: { readonly [K in Exclude<OpName, Unwritten>]: Node<K> } = {
  Identity: plain,
  StopGradient: { as: 'Identity' },
  Cast: { write: ({ to }) => ({ attributes: { to: BigInt(dataTypes[to]) } }) },

  Add: plain,
  Sub: plain,
  Mul: plain,
  Div: plain,
  Mod: plain,
  Pow: plain,
  Max: plain,
  Min: plain,
  Greater: plain,
  Equal: plain,
  And: plain,
  Or: plain,
  Where: plain,

  Neg: plain,
  Abs: plain,
  Sign: plain,
  Floor: plain,
  Ceil: plain,
  Round: plain,
  Sqrt: plain,
  Exp: plain,
  Log: plain,
  Sin: plain,
  Cos: plain,
  Tan: plain,
  Asin: plain,
  Acos: plain,
  Atan: plain,
  Sinh: plain,
  Cosh: plain,
  Asinh: plain,
  Acosh: plain,
  Atanh: plain,
  Erf: plain,
  Tanh: plain,
  Sigmoid: plain,
  Softplus: plain,
  Relu: plain,
  LeakyRelu: sloped,
  PRelu: plain,
  Elu: sloped,
  Not: plain,

  MatMul: plain,
  Conv: { write: (attrs) => ({ attributes: convAttributes(attrs) }) },
  ConvTranspose: {
    write: (attrs) => ({ attributes: { ...convAttributes(attrs), output_padding: attrs.outputPadding } }),
  },
  MaxPool: { write: (attrs) => ({ attributes: poolAttributes(attrs) }) },

  ReduceSum: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceMin: reduction,
  Softmax: along,
  LogSoftmax: along,
  CumSum: {
    write: ({ axis, exclusive, reverse }) => ({
      attributes: { exclusive: exclusive ? 1n : 0n, reverse: reverse ? 1n : 0n },
      tensors: [[axis]],
    }),
  },

  Reshape: { write: ({ shape }) => ({ tensors: [shape] }) },
  Expand: { write: ({ shape }) => ({ tensors: [shape] }) },
  Transpose: { write: ({ perm }) => ({ attributes: { perm } }) },
  Concat: along,
  Slice: {
    // Axes of which the whole is taken are left out, so that the node fits any batch size.
    write: ({ starts, ends, steps }, [x]) => {
      const axes = Array.from(starts.keys()).filter(
        (i) => starts[i] !== 0 || ends[i] !== x!.shape[i] || steps[i] !== 1,
      );
      const of = (all: readonly number[]) => axes.map((axis) => all[axis]!);
      return { tensors: [of(starts), of(ends), axes, of(steps)] };
    },
  },
  Flip: {
    as: 'Slice', // backwards, from the last element to before the first
    write: ({ axes }, [x]) => ({
      tensors: [axes.map(() => -1), axes.map((axis) => -x!.shape[axis]! - 1), axes, axes.map(() => -1)],
    }),
  },
  Pad: { write: ({ pads }) => ({ tensors: [pads] }) },

  Gather: along,
  GatherElements: along,
  GatherND: plain,
  ScatterElements: { write: ({ axis, reduction }) => ({ attributes: { axis: BigInt(axis), reduction } }) },
  ScatterND: { write: ({ reduction }) => ({ attributes: { reduction } }) },
  TopKIndices: {
    as: 'TopK',
    output: 1,
    write: ({ axis, k, largest }) => ({
      attributes: { axis: BigInt(axis), largest: largest ? 1n : 0n },
      tensors: [[k]],
    }),
  },
};
