/** @file Elementwise operators and activations of ONNX. */

import * as act from '../../ops/activations.ts';
import * as ew from '../../ops/elementwise.ts';
import { reshape } from '../../ops/layout.ts';
import { fail, is, type Value } from '../../value.ts';
import { type Call, expected } from '../call.ts';
import { dtypeOf } from '../tensors.ts';
import type { Importers } from './importer.ts';

const unary = (f: (x: Value) => Value) => (call: Call) => f(call.x(0));
const binary = (f: (a: Value, b: Value) => Value) => (call: Call) => f(call.x(0), call.x(1));
const several = (f: (a: Value, b: Value) => Value) => (call: Call) => {
  call.x(0);
  return call.all().reduce((a, b) => f(a, b));
};

export const elementwise: Importers = {
  Identity: unary((x) => x),
  Cast: (call) => ew.cast(call.x(0), dtypeOf(call.int('to', 0)) ?? expected('a number type', `${call.int('to', 0)}`)),
  CastLike: binary((x, like) => ew.cast(x, like.dtype)),

  Add: binary(ew.add),
  Sub: binary(ew.sub),
  Mul: binary(ew.mul),
  Div: binary(ew.div),
  Mod: (call) => (call.int('fmod', 0) === 1 ? truncatedMod(call.x(0), call.x(1)) : ew.mod(call.x(0), call.x(1))),
  Pow: binary(power),
  Max: several(ew.max),
  Min: several(ew.min),
  Sum: several(ew.add),
  Mean: (call) => ew.div(call.all().reduce(ew.add as (a: Value, b: Value) => Value), call.inputs.length),
  Where: (call) => ew.where(call.x(0), call.x(1), call.x(2)),

  Greater: binary(ew.greater),
  Less: binary((a, b) => ew.greater(b, a)),
  GreaterOrEqual: binary((a, b) => ew.or(ew.greater(a, b), ew.equal(a, b))),
  LessOrEqual: binary((a, b) => ew.or(ew.greater(b, a), ew.equal(a, b))),
  Equal: binary(ew.equal),
  And: binary(ew.and),
  Or: binary(ew.or),
  Xor: binary((a, b) => ew.not(ew.equal(a, b))),
  Not: unary(ew.not),
  IsNaN: unary((x) => ew.not(ew.equal(x, x))),

  Neg: unary(ew.neg),
  Abs: unary(ew.abs),
  Sign: unary(ew.sign),
  Floor: unary(ew.floor),
  Ceil: unary(ew.ceil),
  Round: unary(ew.round),
  Reciprocal: unary((x) => ew.div(1, x)),
  Sqrt: unary(ew.sqrt),
  Exp: unary(ew.exp),
  Log: unary(ew.log),
  Sin: unary(ew.sin),
  Cos: unary(ew.cos),
  Tan: unary(ew.tan),
  Sinh: unary(ew.sinh),
  Cosh: unary(ew.cosh),
  Asin: unary(ew.asin),
  Acos: unary(ew.acos),
  Atan: unary(ew.atan),
  Asinh: unary(ew.asinh),
  Acosh: unary(ew.acosh),
  Atanh: unary(ew.atanh),
  Erf: unary(ew.erf),

  Relu: unary(ew.relu),
  LeakyRelu: (call) => ew.leakyRelu(call.x(0), call.float('alpha', 0.01)),
  ThresholdedRelu: (call) => ew.where(ew.greater(call.x(0), call.float('alpha', 1)), call.x(0), 0),
  PRelu: (call) => prelu(call.x(0), slopeFor(call.x(0), call.x(1))),
  Elu: (call) => ew.elu(call.x(0), call.float('alpha', 1)),
  Selu: (call) => act.selu(call.x(0), call.float('alpha', 1.6732632423543772), call.float('gamma', 1.0507009873554805)),
  Celu: (call) => act.celu(call.x(0), call.float('alpha', 1)),
  Gelu: (call) => act.gelu(call.x(0), call.text('approximate', 'none') === 'tanh' ? 'tanh' : 'none'),
  Swish: (call) => act.swish(call.x(0), call.float('alpha', 1)),
  Mish: unary(act.mish),
  HardSwish: unary(act.hardSwish),
  HardSigmoid: (call) => act.hardSigmoid(call.x(0), call.float('alpha', 0.2), call.float('beta', 0.5)),
  Softplus: unary(ew.softplus),
  Softsign: unary(act.softsign),
  Sigmoid: unary(ew.sigmoid),
  Tanh: unary(ew.tanh),
  Clip: (call) => {
    // Bounds were attributes before operator set 11, and are inputs since; either may be left out.
    const low = call.has('min') ? call.float('min', 0) : call.inputs[1];
    const high = call.has('max') ? call.float('max', 0) : call.inputs[2];
    const above = low === undefined ? call.x(0) : ew.max(call.x(0), low);
    return high === undefined ? above : ew.min(above, high);
  },
};

/** Powers with small whole exponents as products: exact, faster, and correct for negative x on every device. */
function power(x: Value, exponent: Value): Value {
  const base = ew.cast(x, 'float32');
  const known =
    is(exponent, 'Constant') && exponent.attrs.data.length === 1 ? Number(exponent.attrs.data[0]) : Number.NaN;
  const y =
    known === 2
      ? ew.square(base)
      : known === 3
        ? ew.mul(ew.square(base), base)
        : known === 0.5
          ? ew.sqrt(base)
          : undefined;
  return ew.cast(y ? keepShape(y, exponent) : ew.pow(base, ew.cast(exponent, 'float32')), x.dtype);
}

/** An exponent [1, 1] raises a scalar's rank. */
function keepShape(y: Value, exponent: Value): Value {
  const lead = exponent.shape.length - y.shape.length;
  return lead > 0 ? reshape(y, [...exponent.shape.slice(0, lead), ...y.shape]) : y;
}

/** The slope in a shape that broadcasts to x: older exporters write one value per channel as [C] for x [N, C, …]. */
function slopeFor(x: Value, slope: Value): Value {
  const channels = slope.shape.length === 1 && slope.shape[0] === x.shape[1] && x.shape.at(-1) !== slope.shape[0];
  return channels ? reshape(slope, [slope.shape[0]!, ...x.shape.slice(2).map(() => 1)]) : slope;
}

/** One known slope for all channels is a LeakyRelu: runtimes fuse that into the operator before it. */
function prelu(x: Value, slope: Value): Value {
  const single = is(slope, 'Constant') && slope.attrs.data.length === 1;
  return single ? ew.leakyRelu(x, Number(slope.attrs.data[0])) : ew.prelu(x, slope);
}

/** The remainder with the sign of a, as C's fmod. */
function truncatedMod(a: Value, b: Value): Value {
  if (a.dtype !== 'float32') fail('Mod', `float32 operands for fmod, got ${a.dtype}`);
  const quotient = ew.div(a, b);
  return ew.sub(a, ew.mul(b, ew.mul(ew.sign(quotient), ew.floor(ew.abs(quotient)))));
}
