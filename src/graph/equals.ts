/** @file Values that are equal by construction: the same operator on the same inputs. */

import { expand } from './ops/layout.ts';
import type { OpName } from './ops.ts';
import { withInputs } from './rewrite.ts';
import { type Data, is, type Shape, scalar, type Value } from './value.ts';

/** Operators with a op b = b op a. Two gradients may be summed in either order, and both sums must count as equal. */
const commutes: ReadonlySet<OpName> = new Set<OpName>(['Add', 'Mul', 'Equal', 'And', 'Or']);

/** Keeps one value of each set of equal ones. The inputs of a value passed to it must be kept values themselves. */
export class Equals {
  readonly #kept = new Map<string, Value>();
  readonly #numbers = new Map<Value | Data, number>();

  /** The kept value that equals this one: the value itself if it is the first. */
  keep(value: Value): Value {
    return this.#keep(this.#plain(value));
  }

  /** The kept value with the operator and attributes of `value` but these inputs, if there is one. */
  find(value: Value, inputs: readonly Value[]): Value | undefined {
    return this.#kept.get(this.#key(this.#plain(withInputs(value, inputs))));
  }

  /** The kept ones of this shape, if there are any. */
  ones(shape: Shape): Value | undefined {
    return this.#kept.get(this.#key(this.#allOnes(shape)));
  }

  /** The same value, in one fixed form where all its elements are 1. */
  #plain(value: Value): Value {
    return isOnes(value) ? this.#allOnes(value.shape) : value;
  }

  #allOnes(shape: Shape): Value {
    return expand(this.#keep(scalar(1)), shape);
  }

  #keep(value: Value): Value {
    const key = this.#key(value);
    const kept = this.#kept.get(key) ?? value;
    this.#kept.set(key, kept);
    return kept;
  }

  #key(value: Value): string {
    const { op, inputs, shape, dtype } = value;
    if (op === 'Opaque') return `Opaque ${this.#number(value)}`; // it may draw at random
    const attrs = is(value, 'Constant') ? this.#content(value.attrs.data) : JSON.stringify(value.attrs);
    const numbers = inputs.map((x) => this.#number(x));
    if (commutes.has(op)) numbers.sort((a, b) => a - b);
    return `${op} ${numbers} [${shape}] ${dtype} ${attrs}`;
  }

  #content(data: Data): string {
    if (data.length > 1) return `at ${this.#number(data)}`;
    return Object.is(data[0], -0) ? '-0' : `${data[0]}`;
  }

  #number(x: Value | Data): number {
    const number = this.#numbers.get(x) ?? this.#numbers.size;
    this.#numbers.set(x, number);
    return number;
  }
}

/** Whether every element is 1 by construction. */
export function isOnes(value: Value): boolean {
  if (value.dtype !== 'float32') return false;
  if (is(value, 'Constant')) return value.attrs.data.length === 1 && value.attrs.data[0] === 1;
  return (value.op === 'Expand' || value.op === 'Reshape') && isOnes(value.inputs[0]!);
}
