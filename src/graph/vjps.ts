/** @file The gradient table: one rule per operator, written in the same operators, so that each can be differentiated again. */

import * as op from './elementwise.ts';
import { expand, pad, reshape, slice, split, transpose } from './layout.ts';
import { conv, convInput, convWeight, matmul } from './linear.ts';
import { sum } from './reduce.ts';
import { count, type Ops, type Value } from './value.ts';

/** One gradient (or null: this input has none) per input. */
type Gradients<T extends readonly Value[]> = { readonly [I in keyof T]: Value | null };

/**
 * A vector-Jacobian product: from g = ∂L/∂y to ∂L/∂x for each input x of y. A rule for an operator that broadcasts may
 * return gradients of y's shape: `grad` sums them to the input's.
 */
export type Vjp<K extends keyof Ops> = (
  g: Value,
  y: Value,
  inputs: Ops[K]['inputs'],
  attrs: Ops[K]['attrs'],
) => Gradients<Ops[K]['inputs']>;

/** The whole table; null: an operator through which no gradient can be taken. */
export type Vjps = { readonly [K in keyof Ops]: Vjp<K> | null };

const { sub, mul, div, neg, greater, where, square } = op;

export const vjps: Vjps = {
  Input: null,
  Constant: null,
  Identity: (g) => [g],
  StopGradient: () => [null],
  Cast: null,

  Add: (g) => [g, g],
  Sub: (g) => [g, neg(g)],
  Mul: (g, _y, [a, b]) => [mul(g, b), mul(g, a)],
  Div: (g, y, [, b]) => [div(g, b), neg(div(mul(g, y), b))],
  Pow: (g, y, [a, b]) => [mul(g, mul(b, op.pow(a, sub(b, 1)))), mul(g, mul(y, op.log(a)))],
  Max: (g, _y, [a, b]) => [where(greater(a, b), g, 0), where(greater(a, b), 0, g)],
  Min: (g, _y, [a, b]) => [where(greater(b, a), g, 0), where(greater(b, a), 0, g)],
  Greater: () => [null, null],
  Where: (g, _y, [condition]) => [null, where(condition, g, 0), where(condition, 0, g)],

  Neg: (g) => [neg(g)],
  Abs: (g, _y, [x]) => [mul(g, op.sign(x))],
  Sign: () => [null],
  Sqrt: (g, y) => [div(mul(g, 0.5), y)],
  Exp: (g, y) => [mul(g, y)],
  Log: (g, _y, [x]) => [div(g, x)],
  Tanh: (g, y) => [mul(g, sub(1, square(y)))],
  Sigmoid: (g, y) => [mul(g, mul(y, sub(1, y)))],
  Softplus: (g, _y, [x]) => [mul(g, op.sigmoid(x))],
  // By the sign of y, not x: then x need not be kept, and a runtime may fuse the activation into what made x.
  Relu: (g, y) => [where(greater(y, 0), g, 0)],
  LeakyRelu: (g, y, _x, { alpha }) => [mul(g, where(greater(y, 0), 1, alpha))],

  MatMul: (g, _y, [a, b]) => [matmul(g, swapLast(b)), matmul(swapLast(a), g)],
  Conv: (g, _y, [x, w], attrs) => [convInput(g, w, attrs, x.shape), convWeight(x, g, attrs, w.shape)],
  ConvTranspose: (g, _y, [x, w], attrs) => [conv(g, w, attrs), convWeight(g, x, attrs, w.shape)],

  ReduceSum: (g, _y, [x]) => [expand(g, x.shape)],
  ReduceMean: (g, y, [x]) => [expand(div(g, count(x.shape) / count(y.shape)), x.shape)],
  Reshape: (g, _y, [x]) => [reshape(g, x.shape)],
  Expand: (g, _y, [x]) => [sumExpanded(g, x)],
  Transpose: (g, _y, _x, { perm }) => [
    transpose(
      g,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ],
  Concat: (g, _y, inputs, { axis }) =>
    split(
      g,
      inputs.map((x) => x.shape[axis]!),
      axis,
    ),
  Slice: (g, _y, [x], { starts, steps }) => [pad(spread(g, steps), padsTo(x, starts, spreadShape(g, steps)))],
  Pad: (g, _y, [x], { pads }) => [
    slice(
      g,
      pads.slice(0, x.shape.length),
      x.shape.map((n, i) => n + pads[i]!),
    ),
  ],
};

function swapLast(x: Value): Value {
  const axes = Array.from(x.shape.keys());
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

function sumExpanded(g: Value, x: Value): Value {
  const lead = g.shape.length - x.shape.length;
  const axes = Array.from(g.shape.keys()).filter((i) => i < lead || x.shape[i - lead] === 1);
  return reshape(sum(g, axes), x.shape);
}

// A strided slice leaves gaps: each element is followed by step − 1 zeros, the last one too, cut where x ends.
function spread(g: Value, steps: readonly number[]): Value {
  return steps.reduce((value, step, axis) => {
    if (step === 1) return value;
    const cells = reshape(value, [...value.shape.slice(0, axis + 1), 1, ...value.shape.slice(axis + 1)]);
    const rank = cells.shape.length;
    const padded = pad(cells, [
      ...new Array<number>(rank).fill(0),
      ...cells.shape.map((_, i) => (i === axis + 1 ? step - 1 : 0)),
    ]);
    const joined = reshape(padded, value.shape.with(axis, value.shape[axis]! * step));
    return slice(
      joined,
      joined.shape.map(() => 0),
      spreadShape(
        value,
        joined.shape.map((_, i) => (i === axis ? step : 1)),
      ),
    );
  }, g);
}

function spreadShape(g: Value, steps: readonly number[]): number[] {
  return g.shape.map((n, i) => (n - 1) * steps[i]! + 1);
}

function padsTo(x: Value, starts: readonly number[], size: readonly number[]): number[] {
  return [...starts, ...x.shape.map((n, i) => n - starts[i]! - size[i]!)];
}
