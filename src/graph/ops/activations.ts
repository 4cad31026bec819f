/** @file Activations composed of other operators, under their ONNX names. */

import type { Value } from '../value.ts';
import { abs, add, clip, div, elu, erf, mul, sigmoid, softplus, tanh } from './elementwise.ts';

/** γ · ELU with the α and γ that keep mean 0 and variance 1 (Klambauer et al. 2017). */
export function selu(x: Value, alpha = 1.6732632423543772, gamma = 1.0507009873554805): Value {
  return mul(gamma, elu(x, alpha));
}

/** ELU of x / α, times α: smooth at 0 for every α (Barron 2017). */
export function celu(x: Value, alpha = 1): Value {
  return mul(alpha, elu(div(x, alpha)));
}

/** x Φ(x), or its approximation by tanh (Hendrycks and Gimpel 2016). */
export function gelu(x: Value, approximate: 'none' | 'tanh' = 'none'): Value {
  const inner = mul(Math.sqrt(2 / Math.PI), add(x, mul(0.044715, mul(x, mul(x, x)))));
  const cdf = approximate === 'tanh' ? tanh(inner) : erf(mul(x, Math.SQRT1_2));
  return mul(mul(0.5, x), add(1, cdf));
}

/** x σ(β x); SiLU at β = 1 (Ramachandran et al. 2017). */
export function swish(x: Value, beta = 1): Value {
  return mul(x, sigmoid(beta === 1 ? x : mul(x, beta)));
}

/** x tanh(softplus(x)) (Misra 2019). */
export function mish(x: Value): Value {
  return mul(x, tanh(softplus(x)));
}

/** α x + β clipped to [0, 1]. */
export function hardSigmoid(x: Value, alpha = 0.2, beta = 0.5): Value {
  return clip(add(mul(alpha, x), beta), 0, 1);
}

/** x · hardSigmoid(x) with α = 1/6 (Howard et al. 2019). */
export function hardSwish(x: Value): Value {
  return mul(x, hardSigmoid(x, 1 / 6, 0.5));
}

/** x / (1 + |x|). */
export function softsign(x: Value): Value {
  return div(x, add(1, abs(x)));
}
