/** @file Reductions, softmax and normalisation layers of ONNX. */

import * as ew from '../../ops/elementwise.ts';
import { reshape, slice } from '../../ops/layout.ts';
import * as norm from '../../ops/normalisation.ts';
import { cumSum, logSoftmax, mean, reduceMax, reduceMin, softmax, sum } from '../../ops/reduce.ts';
import { normaliseAxes, normaliseAxis, reducedShape } from '../../ops/shapes.ts';
import { count, type Value } from '../../value.ts';
import { type Call, expected } from '../call.ts';
import type { Importers } from './importer.ts';

export const reduce: Importers = {
  ReduceSum: reduction((x, axes) => sum(x, axes, { keep: true })),
  ReduceMean: reduction((x, axes) => mean(x, axes, { keep: true })),
  ReduceMax: reduction((x, axes) => reduceMax(x, axes, { keep: true })),
  ReduceMin: reduction((x, axes) => reduceMin(x, axes, { keep: true })),
  ReduceProd: reduction((x, axes) => axes.reduce(product, x)),
  ReduceL1: reduction((x, axes) => sum(ew.abs(x), axes, { keep: true })),
  ReduceL2: reduction((x, axes) => norm.rootFlatAt0(sum(ew.square(x), axes, { keep: true }))),
  ReduceSumSquare: reduction((x, axes) => sum(ew.square(x), axes, { keep: true })),
  ReduceLogSum: reduction((x, axes) => ew.log(sum(x, axes, { keep: true }))),
  ReduceLogSumExp: reduction((x, axes) => {
    const top = reduceMax(x, axes, { keep: true });
    // Any shift gives the same result; this one never overflows, and one by ∞ would give ∞ − ∞.
    const shift = ew.stopGradient(ew.where(ew.equal(ew.abs(top), Number.POSITIVE_INFINITY), 0, top));
    const total = sum(ew.exp(ew.sub(x, shift)), axes, { keep: true });
    const none = ew.equal(total, 0); // where all elements are −∞: no gradient, not 0 times one that is infinite
    return ew.add(ew.where(none, Number.NEGATIVE_INFINITY, ew.log(ew.where(none, 1, total))), shift);
  }),
  CumSum: (call) => {
    const axis = call.ints(1)?.[0] ?? expected('an axis', 'none');
    return cumSum(call.x(0), axis, {
      exclusive: call.int('exclusive', 0) === 1,
      reverse: call.int('reverse', 0) === 1,
    });
  },

  Softmax: (call) => along(call, softmax),
  LogSoftmax: (call) => along(call, logSoftmax),

  InstanceNormalization: (call) => norm.instanceNorm(call.x(0), call.x(1), call.x(2), epsilon(call)),
  LayerNormalization: (call) => norm.layerNorm(call.x(0), call.x(1), call.inputs[2], axisOf(call, -1), epsilon(call)),
  RMSNormalization: (call) => norm.rmsNorm(call.x(0), call.x(1), axisOf(call, -1), epsilon(call)),
  GroupNormalization: (call) =>
    norm.groupNorm(call.x(0), call.int('num_groups', 1), call.x(1), call.x(2), epsilon(call)),
  LpNormalization: (call) => norm.lpNorm(call.x(0), axisOf(call, -1), call.int('p', 2)),
  MeanVarianceNormalization: (call) => {
    const axes = call.list('axes') ?? [0, 2, 3];
    const centred = ew.sub(call.x(0), mean(call.x(0), axes, { keep: true }));
    return ew.div(centred, ew.add(norm.rootFlatAt0(mean(ew.square(centred), axes, { keep: true })), 1e-9));
  },
};

const epsilon = (call: Call) => call.float('epsilon', 1e-5);

function axisOf(call: Call, otherwise: number): number {
  return normaliseAxis(call.op, call.int('axis', otherwise), call.x(0).shape.length);
}

/** The importer of a reduction. Axes left out mean all axes, or none if the node sets noop_with_empty_axes. */
function reduction(f: (x: Value, axes: readonly number[]) => Value) {
  return (call: Call): Value => {
    const x = call.x(0);
    const listed = call.listOrInput('axes', 1);
    const given = listed && listed.length > 0 ? listed : undefined;
    // Without axes the elements are squared, made positive … all the same, each alone.
    const none = call.int('noop_with_empty_axes', 0) === 1 ? [] : undefined;
    const axes = normaliseAxes(call.op, given ?? none, x.shape.length);
    const kept = f(x, axes);
    const shape = reducedShape(x.shape, axes);
    return reshape(kept, call.int('keepdims', 1) === 1 ? shape : shape.filter((_, axis) => !axes.includes(axis)));
  };
}

/** The product along an axis, half by half: correct and differentiable also where elements are zero. */
function product(x: Value, axis: number): Value {
  const n = x.shape[axis]!;
  if (n <= 1) return x;
  const part = (from: number, to: number) =>
    slice(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
      x.shape.with(axis, to),
    );
  const half = Math.floor(n / 2);
  const halves = product(ew.mul(part(0, half), part(half, 2 * half)), axis);
  return n % 2 === 0 ? halves : ew.mul(halves, part(n - 1, n));
}

/** Softmax along an axis; before operator set 13, over all axes from that one on together. */
function along(call: Call, f: typeof softmax): Value {
  const x = call.x(0);
  if (call.opset >= 13) return f(x, axisOf(call, -1));
  const axis = axisOf(call, 1);
  const flat = reshape(x, [count(x.shape.slice(0, axis)), count(x.shape.slice(axis))]);
  return reshape(f(flat, 1), x.shape);
}
