/**
 * @file The gradient table: one rule per operator. Rules are made of the same operators, so gradients have gradients.
 */

import * as op from './ops/elementwise.ts';
import { gatherElements, gatherND, scatterElements, scatterND } from './ops/indexing.ts';
import { dilate, expand, flip, moveAxis, pad, reshape, slice, split, transpose } from './ops/layout.ts';
import { conv, convInput, convWeight, matmul } from './ops/linear.ts';
import { maxPoolInput } from './ops/pooling.ts';
import { cumSum, sum } from './ops/reduce.ts';
import type { Ops } from './ops.ts';
import { count, is, type Value } from './value.ts';

/** One gradient per input; null for an input without one. */
export type Gradients<T extends readonly Value[]> = { readonly [I in keyof T]: Value | null };

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

/** The whole table; null for an operator that has no gradient. */
export type Vjps = { readonly [K in keyof Ops]: Vjp<K> | null };

const { sub, mul, div, neg, equal, greater, where, square } = op;

export const vjps: Vjps = {
  Input: null,
  Constant: null,
  Identity: (g) => [g],
  StopGradient: () => [null],
  // A cast to int64 or bool is constant wherever it is differentiable.
  Cast: (g, y, [x]) => [carries(x) && carries(y) ? op.cast(g, x.dtype) : null],
  Opaque: null,
  OpaqueOutput: null,

  Add: (g) => [g, g],
  Sub: (g) => [g, neg(g)],
  Mul: (g, _y, [a, b]) => [mul(g, b), mul(g, a)],
  Div: (g, y, [, b]) => [div(g, b), neg(div(mul(g, y), b))],
  Mod: null,
  // x⁰ is 1 everywhere, so an exponent of 0 is taken for 1 in x^(b − 1), which b = 0 then multiplies; and 0ᵇ stays 0 for
  // a larger b, so that log 0 must not count.
  Pow: (g, y, [a, b]) => [
    mul(g, mul(b, op.pow(a, sub(where(equal(b, 0), 1, b), 1)))),
    mul(g, mul(y, op.log(where(op.and(equal(a, 0), op.not(greater(0, b))), 1, a)))),
  ],
  Max: (g, _y, [a, b]) => choice(g, a, b),
  Min: (g, _y, [a, b]) => choice(g, b, a),
  Greater: () => [null, null],
  Equal: () => [null, null],
  And: () => [null, null],
  Or: () => [null, null],
  Where: (g, _y, [condition]) => [null, where(condition, g, 0), where(condition, 0, g)],

  Neg: (g) => [neg(g)],
  Abs: (g, _y, [x]) => [mul(g, op.sign(x))],
  Sign: () => [null],
  Floor: () => [null],
  Ceil: () => [null],
  Round: () => [null],
  Sqrt: (g, y) => [div(mul(g, 0.5), y)],
  Exp: (g, y) => [mul(g, y)],
  Log: (g, _y, [x]) => [div(g, x)],
  Sin: (g, _y, [x]) => [mul(g, op.cos(x))],
  Cos: (g, _y, [x]) => [neg(mul(g, op.sin(x)))],
  Tan: (g, y) => [mul(g, op.add(1, square(y)))],
  Asin: (g, _y, [x]) => [div(g, op.sqrt(sub(1, square(x))))],
  Acos: (g, _y, [x]) => [neg(div(g, op.sqrt(sub(1, square(x)))))],
  Atan: (g, _y, [x]) => [div(g, op.add(1, square(x)))],
  Sinh: (g, _y, [x]) => [mul(g, op.cosh(x))],
  Cosh: (g, _y, [x]) => [mul(g, op.sinh(x))],
  Asinh: (g, _y, [x]) => [div(g, op.sqrt(op.add(square(x), 1)))],
  Acosh: (g, _y, [x]) => [div(g, op.sqrt(sub(square(x), 1)))],
  Atanh: (g, _y, [x]) => [div(g, sub(1, square(x)))],
  Erf: (g, _y, [x]) => [mul(g, mul(2 / Math.sqrt(Math.PI), op.exp(neg(square(x)))))],
  Tanh: (g, y) => [mul(g, sub(1, square(y)))],
  Sigmoid: (g, y) => [mul(g, mul(y, sub(1, y)))],
  Softplus: (g, _y, [x]) => [mul(g, op.sigmoid(x))],
  // From the sign of y, not of x: then x need not be kept, and a runtime can fuse the activation into the operator
  // before it. Below a negative slope y is positive on both sides, so there x must tell.
  Relu: (g, y) => [where(greater(y, 0), g, 0)],
  LeakyRelu: (g, y, [x], { alpha }) => [mul(g, where(greater(alpha < 0 ? x : y, 0), 1, alpha))],
  PRelu: (g, _y, [x, slope]) => [mul(g, where(greater(x, 0), 1, slope)), where(greater(x, 0), 0, mul(g, x))],
  // At α = 1 the slope is min(y, 0) + 1 on both sides, which takes no choice.
  Elu: (g, y, [x], { alpha }) => [
    mul(g, alpha === 1 ? op.add(op.min(y, 0), 1) : where(greater(x, 0), 1, op.add(y, alpha))),
  ],

  Not: () => [null],

  MatMul: (g, _y, [a, b]) => [matmul(g, swapLast(b)), matmul(swapLast(a), g)],
  Conv: (g, _y, [x, w], attrs) => [convInput(g, w, attrs, x.shape), convWeight(x, g, attrs, w.shape)],
  ConvTranspose: (g, _y, [x, w], attrs) => [conv(g, w, attrs), convWeight(g, x, attrs, w.shape)],
  ConvWeight: (g, _y, [x, gy], attrs) => [convInput(gy, g, attrs, x.shape), conv(x, g, attrs)],
  MaxPool: (g, y, [x], attrs) => [maxPoolInput(g, y, x, attrs)],

  ReduceSum: (g, _y, [x]) => [expand(g, x.shape)],
  ReduceMean: (g, y, [x]) => [expand(div(g, count(x.shape) / count(y.shape)), x.shape)],
  ReduceMax: (g, y, [x], { axes }) => [shared(g, y, x, axes)],
  ReduceMin: (g, y, [x], { axes }) => [shared(g, y, x, axes)],
  Softmax: (g, y, _x, { axis }) => [mul(y, sub(g, sum(mul(g, y), [axis], { keep: true })))],
  LogSoftmax: (g, y, _x, { axis }) => [sub(g, mul(op.exp(y), sum(g, [axis], { keep: true })))],
  CumSum: (g, _y, _x, { axis, exclusive, reverse }) => [cumSum(g, axis, { exclusive, reverse: !reverse })],
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
  Slice: (g, _y, [x], { starts, steps }) => {
    const apart = dilate(g, steps);
    return [pad(apart, padsTo(x, starts, apart.shape))];
  },
  Flip: (g, _y, _x, { axes }) => [flip(g, axes)],
  Pad: (g, _y, [x], { pads }) => [
    slice(
      g,
      pads.slice(0, x.shape.length),
      x.shape.map((n, i) => n + pads[i]!),
    ),
  ],

  Gather: (g, _y, [x, indices], { axis }) => [scatterSlices(g, x, indices, axis), null],
  GatherElements: (g, _y, [x, indices], { axis }) => [
    scatterElements(op.zerosLike(x), indices, g, { axis, reduction: 'add' }),
    null,
  ],
  GatherND: (g, _y, [x, indices]) => [scatterND(op.zerosLike(x), indices, g, 'add'), null],
  ScatterElements: (g, _y, [, indices, updates], { axis, reduction }) => [
    reduction === 'add' ? g : scatterElements(g, indices, op.zerosLike(updates), { axis }),
    null,
    gatherElements(g, indices, axis),
  ],
  ScatterND: (g, _y, [, indices, updates], { reduction }) => [
    reduction === 'add' ? g : scatterND(g, indices, op.zerosLike(updates)),
    null,
    gatherND(g, indices),
  ],
  TopKIndices: () => [null],
};

const carries = ({ dtype }: Value) => dtype === 'float32' || dtype === 'float16';

/**
 * g where a > b, and g where a < b: the gradients of the two values of which one is chosen. Values that tie share it, as
 * in torch.maximum; a tie with a constant is the edge of a clamp and gives nothing, as in torch.clamp and Relu.
 */
function choice(g: Value, a: Value, b: Value): [Value, Value] {
  const edge = [a, b].some((x) => is(x, 'Constant'));
  const tied = edge ? 0 : where(equal(a, b), mul(g, 0.5), 0);
  return [where(greater(a, b), g, tied), where(greater(b, a), g, tied)];
}

/** The gradient of a maximum (or minimum): g goes to the largest (or smallest) element, in equal shares among ties. */
function shared(g: Value, y: Value, x: Value, axes: readonly number[]): Value {
  const chosen = op.cast(equal(x, y), 'float32');
  return mul(div(g, sum(chosen, axes, { keep: true })), chosen);
}

/** The transpose of a gather: each slice of g is added at the position that it was gathered from. */
function scatterSlices(g: Value, x: Value, indices: Value, axis: number): Value {
  const rank = indices.shape.length;
  const order = Array.from(g.shape.keys());
  const picked = order.splice(axis, rank); // the axes of g that the indices made, moved to the front
  const updates = transpose(g, [...picked, ...order]);
  const zeros = op.zerosLike(moveAxis(x, axis, 0));
  return moveAxis(scatterND(zeros, reshape(indices, [...indices.shape, 1]), updates, 'add'), 0, axis);
}

function swapLast(x: Value): Value {
  const axes = Array.from(x.shape.keys());
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

function sumExpanded(g: Value, x: Value): Value {
  const lead = g.shape.length - x.shape.length;
  const axes = Array.from(g.shape.keys()).filter((i) => i < lead || x.shape[i - lead] === 1);
  return reshape(sum(g, axes), x.shape);
}

function padsTo(x: Value, starts: readonly number[], size: readonly number[]): number[] {
  return [...starts, ...x.shape.map((n, i) => n - starts[i]! - size[i]!)];
}
