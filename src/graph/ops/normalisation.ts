/** @file Normalisation layers of x [N, C, …], composed of other operators. Variances are biased (divided by n). */

import { count, fail, type Value } from '../value.ts';
import { abs, add, div, equal, mul, sqrt, square, sub, where } from './elementwise.ts';
import { reshape } from './layout.ts';
import { mean, sum } from './reduce.ts';

/** (x − mean) / √(variance + ε) over these axes. */
function standardise(x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = sub(x, mean(x, axes, { keep: true }));
  return div(centred, sqrt(add(mean(square(centred), axes, { keep: true }), epsilon)));
}

/** A value per channel, [C], shaped to broadcast along x's axis 1. */
export function perChannel(values: Value, x: Value): Value {
  return reshape(values, [values.shape[0]!, ...x.shape.slice(2).map(() => 1)]);
}

/** Scale and shift, [C] each, of a batch norm with known statistics: y = x · scale + shift (Ioffe and Szegedy 2015). */
export function batchNormAffine(
  [scale, bias, average, variance]: readonly [Value, Value, Value, Value],
  epsilon: number,
): { scale: Value; shift: Value } {
  const factor = div(scale, sqrt(add(variance, epsilon)));
  return { scale: factor, shift: sub(bias, mul(average, factor)) };
}

/** Batch norm with the statistics of x itself, as in training. */
export function batchNormTraining(x: Value, scale: Value, bias: Value, epsilon: number): Value {
  const axes = Array.from(x.shape.keys()).filter((axis) => axis !== 1);
  return add(mul(standardise(x, axes, epsilon), perChannel(scale, x)), perChannel(bias, x));
}

/** Instance norm: each channel of each image standardised separately (Ulyanov et al. 2016). */
export function instanceNorm(x: Value, scale: Value, bias: Value, epsilon: number): Value {
  const axes = Array.from(x.shape.keys()).slice(2);
  return add(mul(standardise(x, axes, epsilon), perChannel(scale, x)), perChannel(bias, x));
}

/** The axes from `axis` on standardised together (Ba et al. 2016). */
export function layerNorm(x: Value, scale: Value, bias: Value | undefined, axis: number, epsilon: number): Value {
  const y = mul(standardise(x, Array.from(x.shape.keys()).slice(axis), epsilon), scale);
  return bias ? add(y, bias) : y;
}

/** Each image's groups of channels standardised; scale and bias per channel [C] or per group (Wu and He 2018). */
export function groupNorm(x: Value, groups: number, scale: Value, bias: Value, epsilon: number): Value {
  const [n, c] = x.shape as [number, number];
  if (!(groups >= 1 && c % groups === 0)) fail('GroupNormalization', `groups that divide ${c} channels, got ${groups}`);
  const grouped = reshape(x, [n, groups, count(x.shape) / n / groups]);
  const standard = standardise(grouped, [2], epsilon);
  if (scale.shape[0] === c) {
    return add(mul(reshape(standard, x.shape), perChannel(scale, x)), perChannel(bias, x));
  }
  return reshape(add(mul(standard, perChannel(scale, grouped)), perChannel(bias, grouped)), x.shape);
}

/** x divided by the root of its mean square over the axes from `axis` on (Zhang and Sennrich 2019). */
export function rmsNorm(x: Value, scale: Value, axis: number, epsilon: number): Value {
  const axes = Array.from(x.shape.keys()).slice(axis);
  return mul(div(x, sqrt(add(mean(square(x), axes, { keep: true }), epsilon))), scale);
}

/** x divided by its l1 or l2 norm along an axis; zeros stay zeros, and there the gradient is 0. */
export function lpNorm(x: Value, axis: number, p: number): Value {
  const [whole, keep] = [[axis], { keep: true }];
  const length = p === 1 ? sum(abs(x), whole, keep) : rootFlatAt0(sum(square(x), whole, keep));
  return div(x, where(equal(length, 0), Number.POSITIVE_INFINITY, length));
}

/**
 * √x of a sum of squares, with a gradient of 0 at 0: the subgradient of a norm that PyTorch takes, too. The infinite
 * slope of the root times the slope 0 of the squares would be NaN.
 */
export function rootFlatAt0(x: Value): Value {
  const zero = equal(x, 0);
  return where(zero, 0, sqrt(where(zero, 1, x)));
}
