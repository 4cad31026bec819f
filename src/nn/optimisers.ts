/** @file Optimisers as graphs: from values and their gradients to updated values. */

import { add, div, mul, type Operand, pow, sqrt, square, sub } from '../graph/ops/elementwise.ts';
import { input, type Shape, type Value } from '../graph/value.ts';

/** A value to optimise, its gradient, and its name in the state. */
export interface Moved {
  readonly name: string;
  readonly value: Value;
  readonly gradient: Value;
}

/** Updated values, by name in the state. */
export type Updates = Record<string, Value>;

/** Settings of {@link adam}. */
export interface AdamOptions {
  readonly learningRate: Operand;
  readonly beta1: number;
  readonly beta2: Operand;
  /** @default 1e-8 */
  readonly epsilon?: number;
}

/** The names and shapes of the moments that {@link adam} keeps for a value: none for a β that is 0. */
export function adamState(name: string, shape: Shape, { beta1 }: { beta1: number }): Record<string, Shape> {
  return { ...(beta1 > 0 ? { [`${name}.m`]: shape } : {}), [`${name}.v`]: shape };
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1). `step` has one element and counts from 1. The moments are inputs with the names
 * that {@link adamState} gives.
 */
export function adam(moved: readonly Moved[], step: Value, options: AdamOptions): Updates {
  const { learningRate, beta1, beta2, epsilon = 1e-8 } = options;
  const unbias = (beta: Operand) => sub(1, pow(beta, step)); // 1 − βᵗ
  const updates: Updates = {};
  for (const { name, value, gradient } of moved) {
    const v = normalised(add(mul(input(`${name}.v`, value.shape), beta2), mul(square(gradient), sub(1, beta2))));
    updates[`${name}.v`] = v;
    let m = gradient;
    if (beta1 > 0) {
      m = normalised(add(mul(input(`${name}.m`, value.shape), beta1), mul(gradient, 1 - beta1)));
      updates[`${name}.m`] = m;
      m = div(m, unbias(beta1));
    }
    updates[name] = sub(value, mul(learningRate, div(m, add(sqrt(div(v, unbias(beta2))), epsilon))));
  }
  return updates;
}

/** The name and shape of the velocity that {@link gradientDescent} keeps for a value: none without momentum. */
export function descentState(name: string, shape: Shape, { momentum }: { momentum: number }): Record<string, Shape> {
  return momentum > 0 ? { [`${name}.velocity`]: shape } : {};
}

/**
 * Gradient descent with momentum (Polyak 1964). The velocity is an input with the name that {@link descentState} gives.
 */
export function gradientDescent(moved: readonly Moved[], learningRate: Operand, momentum: number): Updates {
  const updates: Updates = {};
  for (const { name, value, gradient } of moved) {
    let step = gradient;
    if (momentum > 0) {
      step = normalised(add(mul(input(`${name}.velocity`, value.shape), momentum), gradient));
      updates[`${name}.velocity`] = step;
    }
    updates[name] = sub(value, mul(learningRate, step));
  }
  return updates;
}

/** {@link normalised} adds and subtracts it. Its last bit is 4e-33; its square root is far below Adam's ε. */
const TINY = 1e-25;

/** A decaying average, rounded to 0 before it becomes denormal: arithmetic on denormals is slow on processors. */
function normalised(x: Value): Value {
  return sub(add(x, TINY), TINY);
}

/** One step of an exponential moving average: decay · average + (1 − decay) · value. */
export function movingAverage(average: Value, value: Value, decay: Operand): Value {
  return add(average, mul(sub(value, average), sub(1, decay)));
}
