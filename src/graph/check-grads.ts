/** @file Checks gradients against finite differences of the float64 reference. */

import { random } from '../base/random.ts';
import { grad } from './grad.ts';
import { add, mul } from './ops/elementwise.ts';
import { sum } from './ops/reduce.ts';
import { evaluate } from './reference/evaluate.ts';
import { constant, count, fail, input, type Shape, type Value } from './value.ts';
import { type Vjps, vjps } from './vjps.ts';

/** Settings of {@link checkGrads}. */
export interface CheckOptions {
  /** Check gradients, gradients of gradients, … up to this order. @default 2 */
  order?: number;
  /** The largest relative difference allowed. @default 1e-5 */
  tolerance?: number;
  /** Half the distance between the two points of the central difference. @default 1e-4 */
  epsilon?: number;
  /** Inputs are drawn uniformly from this range; it must hold no kink and no pole of `f`. @default [-1, 1] */
  range?: readonly [number, number];
  /** The point to check at, in place of a random one in `range`: the elements of each input. */
  at?: readonly Float32Array[];
  /** @default 0 */
  seed?: number;
  /** The gradient table to check. */
  rules?: Vjps;
}

/**
 * Compares the derivative of `f` along a random direction with a central difference, at random inputs of the given
 * shapes. Then does the same with that derivative in place of `f`, up to `order`. After autograd's `check_grads`.
 * @throws LatentfillError naming the order and both numbers where they disagree.
 */
export function checkGrads(f: (...xs: Value[]) => Value, shapes: readonly Shape[], options: CheckOptions = {}): void {
  const { order = 2, tolerance = 1e-5, epsilon = 1e-4, range = [-1, 1], seed = 0, rules = vjps } = options;
  const rng = random(seed, 'checkGrads');
  const draw = (shape: Shape, [low, high]: readonly [number, number]) =>
    Float32Array.from({ length: count(shape) }, () => low + (high - low) * rng());
  const xs = shapes.map((shape, i) => input(`x${i}`, shape));
  const at = options.at ?? shapes.map((shape) => draw(shape, range));
  const weighted = (y: Value) => sum(mul(y, constant(draw(y.shape, [0.5, 1.5]), y.shape)));

  let y = weighted(f(...xs));
  for (let k = 1; k <= order; k++) {
    const directions = xs.map((x) => draw(x.shape, [-1, 1]));
    const slope = grad(y, xs, rules)
      .map((dx, i) => sum(mul(dx, constant(directions[i]!, dx.shape))))
      .reduce((total, part) => add(total, part));
    const feeds = (step: number) =>
      Object.fromEntries(at.map((x, i) => [`x${i}`, Float64Array.from(x, (v, j) => v + step * directions[i]![j]!)]));
    const [forward, backward] = [epsilon, -epsilon].map((step) => evaluate([y], feeds(step))[0]![0]!);
    const numeric = (forward! - backward!) / (2 * epsilon);
    const exact = evaluate([slope], feeds(0))[0]![0]!;
    if (!(Math.abs(exact - numeric) <= tolerance * Math.max(1, Math.abs(numeric)))) {
      fail(`checkGrads, order ${k}`, `the directional derivative ${numeric} of finite differences, got ${exact}`);
    }
    y = slope;
  }
}
