/**
 * @file Finds values whose rows are the rows of another value, each times one number (a `Scaled`: base and factor). A
 * value with one element per row is always of this kind: its base is all ones. An operator that is linear and keeps
 * rows apart preserves the property.
 */

import { type Equals, isOnes } from './equals.ts';
import { mul } from './ops/elementwise.ts';
import { reshape } from './ops/layout.ts';
import type { OpName, Ops } from './ops.ts';
import { count, is, type Value } from './value.ts';

/** A value as base [N, ...] with each row times its element of `factor`, of N elements. */
export interface Scaled {
  readonly base: Value;
  readonly factor: Value;
}

/** The value itself: base with each row times its factor. */
export function scaled({ base, factor }: Scaled): Value {
  return mul(base, reshape(factor, [base.shape[0]!, ...base.shape.slice(1).map(() => 1)]));
}

/** The values of `order` that are scaled rows of a base that `equals` keeps, and that is therefore computed anyway. */
export function scaledValues(order: readonly Value[], equals: Equals): Map<Value, Scaled> {
  const known = new Map<Value, Scaled>();
  const found = new Map<Value, Scaled>();
  for (const value of order) {
    const [first] = value.shape;
    if (value.dtype !== 'float32' || !first || first < 2) continue;
    const through = carried(value, known, equals);
    const single = count(value.shape) === first;
    const ones = single ? equals.ones(value.shape) : undefined;
    // A value with one element per row is cheap to compute as it is.
    if (through && !single && !isOnes(through.base)) found.set(value, through);
    const as = through ?? (ones && ones !== value ? { base: ones, factor: value } : undefined);
    if (as) known.set(value, as);
  }
  return sound(order, found);
}

/** Only those whose base and factor do not change when the others are replaced. */
function sound(order: readonly Value[], found: Map<Value, Scaled>): Map<Value, Scaled> {
  const touched = new Set<Value>();
  for (const value of order) {
    if (found.has(value) || value.inputs.some((x) => touched.has(x))) touched.add(value);
  }
  return new Map([...found].filter(([, { base, factor }]) => !touched.has(base) && !touched.has(factor)));
}

/** The scaled form of a value, from the scaled forms of its inputs. */
function carried(value: Value, known: ReadonlyMap<Value, Scaled>, equals: Equals): Scaled | undefined {
  const { inputs } = value;
  const forms = inputs.map((x) => known.get(x));
  const tries = haveOneFactor(value, forms)
    ? [inputs.map((_, i) => i)]
    : inputs.flatMap((_, i) => (alone(value, i) ? [[i]] : []));
  for (const slots of tries) {
    const form = forms[slots[0]!];
    if (!form) continue;
    const base = equals.find(
      value,
      inputs.map((x, i) => (slots.includes(i) ? forms[i]!.base : x)),
    );
    if (base && base !== value) return { base, factor: form.factor };
  }
  return undefined;
}

/** Whether a value is the sum or difference of two scaled values with the same factors. */
function haveOneFactor({ op, inputs, shape }: Value, forms: readonly (Scaled | undefined)[]): boolean {
  const [a, b] = forms;
  const aligned = inputs.every((x) => x.shape.length === shape.length);
  return (op === 'Add' || op === 'Sub') && aligned && a !== undefined && a.factor === b?.factor;
}

/** Whether a value is linear in its input `i`, row by row, with the other inputs constant. */
function alone(value: Value, i: number): boolean {
  return value.inputs[i]!.shape[0] === value.shape[0] && rowwise[value.op]?.(value as never, i) === true;
}

const always = () => true;
const sameRank = ({ inputs, shape }: Value, i: number) => inputs[i]!.shape.length === shape.length;
const first = (_value: Value, i: number) => i === 0;

/**
 * Tells whether an operator is linear row by row in input `i`, given that its result has as many rows as that input.
 */
const rowwise: { readonly [K in OpName]?: (value: Value & { readonly attrs: Ops[K]['attrs'] }, i: number) => boolean } =
  {
    Neg: always,
    Identity: always,
    StopGradient: always,
    Reshape: always,
    Slice: always,
    Pad: always,
    Transpose: ({ attrs }) => attrs.perm[0] === 0,
    Expand: sameRank,
    ReduceSum: always,
    ReduceMean: always,
    Flip: ({ attrs }) => !attrs.axes.includes(0),
    Mul: sameRank,
    Div: (value, i) => i === 0 && sameRank(value, i),
    Where: (value, i) => i > 0 && sameRank(value, i) && isZero(value.inputs[3 - i]!),
    MatMul: ({ inputs }, i) =>
      inputs[i]!.shape.length >= inputs[1 - i]!.shape.length && (i === 0 || inputs[1]!.shape.length > 2),
    Conv: first,
    ConvTranspose: first,
  };

function isZero(value: Value): boolean {
  if (is(value, 'Constant')) return value.attrs.data.length === 1 && value.attrs.data[0] === 0;
  return (value.op === 'Expand' || value.op === 'Reshape') && isZero(value.inputs[0]!);
}
