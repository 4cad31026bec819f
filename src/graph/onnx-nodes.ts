/** @file How each operator is written as an ONNX node (opset 18) and read back: one line each, both ways in one place. */

import * as ew from './elementwise.ts';
import { concat, expand, pad, reshape, slice, transpose } from './layout.ts';
import { conv, convTranspose, matmul } from './linear.ts';
import { mean, sum } from './reduce.ts';
import type { ConvAttrs, DType, OpName, Ops, Shape, Value } from './value.ts';

/** The attributes of an ONNX node that these operators use. */
export type OnnxAttributes = Readonly<Record<string, number | bigint | readonly number[]>>;

/** What an operator adds to its inputs when written: attributes, then int64 tensors as further inputs. */
interface Written {
  readonly attributes?: OnnxAttributes;
  readonly tensors?: readonly (readonly number[])[];
}

interface Node<K extends OpName> {
  /** The ONNX operator, where it has another name. */
  readonly as?: string;
  readonly write: (attrs: Ops[K]['attrs'], x: readonly Value[]) => Written;
  /** `tensors` are the further inputs that {@link write} added; undefined where one is left out. */
  readonly read: (x: Value[], attributes: OnnxAttributes, tensors: (readonly number[] | undefined)[]) => Value;
}

/** Element types by their number in TensorProto.DataType. */
export const dataTypes: Readonly<Record<DType, number>> = { float32: 1, int64: 7, bool: 9, float16: 10 };

const elementwise = (f: (...x: Value[]) => Value) => ({ write: () => ({}), read: (x: Value[]) => f(...x) });

const reduction = (f: typeof sum) => ({
  write: ({ axes }: { axes: readonly number[] }) => ({ attributes: { keepdims: 1n }, tensors: [axes] }),
  read: ([x]: Value[], { keepdims = 1 }: OnnxAttributes, [axes]: (readonly number[] | undefined)[]) =>
    f(x!, axes, { keep: Number(keepdims) === 1 }),
});

const convAttributes = ({ strides, pads, dilations, group }: ConvAttrs) => ({
  strides,
  pads,
  dilations,
  group: BigInt(group),
});

const convOptions = ({ strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], group = 1 }: OnnxAttributes) =>
  ({ strides, pads, dilations, group: Number(group) }) as unknown as ConvAttrs;

export const onnxNodes: { readonly [K in Exclude<OpName, 'Input' | 'Constant'>]: Node<K> } = {
  Identity: elementwise(ew.identity as never),
  StopGradient: { ...elementwise(ew.identity as never), as: 'Identity' },
  Cast: {
    write: ({ to }) => ({ attributes: { to: BigInt(dataTypes[to]) } }),
    read: ([x], { to }) => ew.cast(x!, dtypeOf(Number(to))),
  },

  Add: elementwise(ew.add as never),
  Sub: elementwise(ew.sub as never),
  Mul: elementwise(ew.mul as never),
  Div: elementwise(ew.div as never),
  Pow: elementwise(ew.pow as never),
  Max: elementwise(ew.max as never),
  Min: elementwise(ew.min as never),
  Greater: elementwise(ew.greater as never),
  Where: elementwise(ew.where as never),

  Neg: elementwise(ew.neg as never),
  Abs: elementwise(ew.abs as never),
  Sign: elementwise(ew.sign as never),
  Sqrt: elementwise(ew.sqrt as never),
  Exp: elementwise(ew.exp as never),
  Log: elementwise(ew.log as never),
  Tanh: elementwise(ew.tanh as never),
  Sigmoid: elementwise(ew.sigmoid as never),
  Softplus: elementwise(ew.softplus as never),
  Relu: elementwise(ew.relu as never),
  LeakyRelu: {
    write: ({ alpha }) => ({ attributes: { alpha } }),
    read: ([x], { alpha = 0.01 }) => ew.leakyRelu(x!, Number(alpha)),
  },

  MatMul: elementwise(matmul as never),
  Conv: {
    write: (attrs) => ({ attributes: convAttributes(attrs) }),
    read: ([x, w, b], attributes) => withBias(conv(x!, w!, convOptions(attributes)), b),
  },
  ConvTranspose: {
    write: (attrs) => ({ attributes: { ...convAttributes(attrs), output_padding: attrs.outputPadding } }),
    read: ([x, w, b], attributes) => {
      const outputPadding = (attributes.output_padding ?? [0, 0]) as [number, number];
      return withBias(convTranspose(x!, w!, { ...convOptions(attributes), outputPadding }), b);
    },
  },

  ReduceSum: reduction(sum),
  ReduceMean: reduction(mean),
  Reshape: { write: ({ shape }) => ({ tensors: [shape] }), read: ([x], _, [shape]) => reshape(x!, shape!) },
  Expand: { write: ({ shape }) => ({ tensors: [shape] }), read: ([x], _, [shape]) => expand(x!, shape!) },
  Transpose: {
    write: ({ perm }) => ({ attributes: { perm } }),
    read: ([x], { perm }) => transpose(x!, perm as Shape),
  },
  Concat: {
    write: ({ axis }) => ({ attributes: { axis: BigInt(axis) } }),
    read: (values, { axis }) => concat(values, Number(axis)),
  },
  Slice: {
    write: ({ starts, ends, steps }) => ({ tensors: [starts, ends, starts.map((_, i) => i), steps] }),
    read: ([x], _, [starts, ends, axes, steps]) => {
      const along = (of: readonly number[] | undefined, otherwise: (axis: number) => number) =>
        x!.shape.map((_, axis) => {
          const i = axes ? axes.indexOf(axis) : axis;
          return of?.[i] ?? otherwise(axis);
        });
      return slice(
        x!,
        along(starts, () => 0),
        along(ends, (axis) => x!.shape[axis]!),
        along(steps, () => 1),
      );
    },
  },
  Pad: { write: ({ pads }) => ({ tensors: [pads] }), read: ([x], _, [pads]) => pad(x!, pads!) },
};

/** The element type of a TensorProto.DataType number; undefined for those that this project does not know. */
export function dtypeOf(dataType: number): DType {
  return (Object.keys(dataTypes) as DType[]).find((name) => dataTypes[name] === dataType) as DType;
}

function withBias(y: Value, b: Value | undefined): Value {
  return b ? ew.add(y, reshape(b, [b.shape[0]!, 1, 1])) : y;
}
