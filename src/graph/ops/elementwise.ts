/** @file Operators that act on each element alone; binary ones broadcast. Named as ONNX names them. */

import type { Ops } from '../ops.ts';
import { type DType, fail, node, scalar, type Value } from '../value.ts';
import { expand } from './layout.ts';
import { broadcast } from './shapes.ts';

/** A value, or a number as a scalar. */
export type Operand = Value | number;

type UnaryName = {
  [K in keyof Ops]: Ops[K]['inputs'] extends readonly [Value]
    ? Record<never, never> extends Ops[K]['attrs']
      ? K
      : never
    : never;
}[keyof Ops];
type BinaryName = { [K in keyof Ops]: Ops[K]['inputs'] extends readonly [Value, Value] ? K : never }[keyof Ops];

function unary(op: UnaryName) {
  return (x: Value): Value => node(op, [x], {}, x.shape, x.dtype);
}

/** A binary operator: both operands have one of these types, and the result has it too unless another is given. */
function binary(
  op: Exclude<
    BinaryName,
    'Conv' | 'ConvTranspose' | 'ConvWeight' | 'MatMul' | 'Gather' | 'GatherElements' | 'GatherND' | 'PRelu'
  >,
  types: readonly DType[] = ['float32', 'int64'],
  result?: DType,
) {
  return (a: Operand, b: Operand): Value => {
    const [x, y] = [asValue(a), asValue(b)];
    if (x.dtype !== y.dtype || !types.includes(x.dtype)) {
      fail(op, `two operands of ${types.join(' or ')}, got ${x.dtype} and ${y.dtype}`);
    }
    return node(op, [x, y], {}, broadcast(op, x.shape, y.shape), result ?? x.dtype);
  };
}

/** A number as a scalar constant; a value as it is. */
function asValue(x: Operand): Value {
  return typeof x === 'number' ? scalar(x) : x;
}

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
/** The remainder of integers, with the sign of b. */
export const mod = binary('Mod', ['int64']);
export const pow = binary('Pow', ['float32']);
export const max = binary('Max');
export const min = binary('Min');
/** 1 where a > b. */
export const greater = binary('Greater', undefined, 'bool');
/** 1 where a = b. */
export const equal = binary('Equal', ['float32', 'int64', 'bool'], 'bool');
export const and = binary('And', ['bool']);
export const or = binary('Or', ['bool']);

export const identity = unary('Identity');
/** x, through which no gradient passes. */
export const stopGradient = unary('StopGradient');
export const neg = unary('Neg');
export const abs = unary('Abs');
export const sign = unary('Sign');
export const floor = unary('Floor');
export const ceil = unary('Ceil');
/** To the nearest whole number, halves to the even one. */
export const round = unary('Round');
export const sqrt = unary('Sqrt');
export const exp = unary('Exp');
export const log = unary('Log');
export const sin = unary('Sin');
export const cos = unary('Cos');
export const tan = unary('Tan');
export const asin = unary('Asin');
export const acos = unary('Acos');
export const atan = unary('Atan');
export const sinh = unary('Sinh');
export const cosh = unary('Cosh');
export const asinh = unary('Asinh');
export const acosh = unary('Acosh');
export const atanh = unary('Atanh');
/** The error function. */
export const erf = unary('Erf');
export const tanh = unary('Tanh');
export const sigmoid = unary('Sigmoid');
/** log(1 + exp(x)), computed without overflow. */
export const softplus = unary('Softplus');
export const relu = unary('Relu');
/** 1 where x (bool) is 0. */
export const not = unary('Not');

/** x where x > 0, alpha · x elsewhere. */
export function leakyRelu(x: Value, alpha = 0.2): Value {
  return node('LeakyRelu', [x], { alpha }, x.shape);
}

/** x where x > 0, slope · x elsewhere; the slope broadcasts to x (He et al. 2015). */
export function prelu(x: Value, slope: Value): Value {
  if (`${broadcast('PRelu', x.shape, slope.shape)}` !== `${x.shape}`) {
    fail('PRelu', `a slope that broadcasts to x [${x.shape}], got [${slope.shape}]`);
  }
  return node('PRelu', [x, slope], {}, x.shape);
}

/** x where x > 0, α (eˣ − 1) elsewhere (Clevert et al. 2016). */
export function elu(x: Value, alpha = 1): Value {
  return node('Elu', [x], { alpha }, x.shape);
}

export function square(x: Value): Value {
  return mul(x, x);
}

/** x clipped to [low, high]. */
export function clip(x: Value, low: number, high: number): Value {
  return min(max(x, low), high);
}

/** a where the condition (bool) holds, b elsewhere; all three broadcast. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const [x, y] = [asValue(a), asValue(b)];
  if (condition.dtype !== 'bool') fail('Where', `a bool condition, got ${condition.dtype}`);
  if (x.dtype !== y.dtype) fail('Where', `two values of one type, got ${x.dtype} and ${y.dtype}`);
  const shape = broadcast('Where', condition.shape, broadcast('Where', x.shape, y.shape));
  return node('Where', [condition, x, y], {}, shape, x.dtype);
}

/** x as another element type. */
export function cast(x: Value, to: DType): Value {
  return x.dtype === to ? x : node('Cast', [x], { to }, x.shape, to);
}

/** Zeros, of x's shape. */
export function zerosLike(x: Value): Value {
  return expand(scalar(0), x.shape);
}

/** Ones, of x's shape. */
export function onesLike(x: Value): Value {
  return expand(scalar(1), x.shape);
}
