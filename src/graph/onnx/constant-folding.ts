/** @file Constant folding: values that depend on small constants alone are computed when a model is read. */

import { flops } from '../cost.ts';
import { toFloat16 } from '../float16.ts';
import { evaluate } from '../reference/evaluate.ts';
import { constant, count, type Data, is, label, node, topological, type Value } from '../value.ts';

/**
 * Elements of a folded value at most. Runtimes fold larger ones (weights) themselves, and no file may make reading
 * slow.
 */
const LIMIT = 2 ** 13;
/** Floating-point operations of a folded value at most, for the same reasons. */
const WORK = 2 ** 20;

/** Folds the values of one model, each once. */
export class Folder {
  /** The folded form of each value so far. */
  readonly #folded = new Map<Value, Value>();

  /** Excludes a value, and all that it depends on, from folding. */
  keep(value: Value): void {
    this.#folded.set(value, value);
  }

  /**
   * `value` with every foldable part replaced by a constant. New values get the label `from`, the node that they come
   * from.
   */
  fold(value: Value, from: string): Value {
    for (const each of topological([value], this.#folded)) {
      const inputs = each.inputs.map((x) => this.#folded.get(x)!);
      const changed = inputs.some((x, i) => x !== each.inputs[i]);
      const now = changed ? node(each.op, inputs as never, each.attrs, each.shape, each.dtype) : each;
      const settled = settles(now) ? computed(now) : now;
      label(settled, from);
      this.#folded.set(each, settled);
      this.#folded.set(settled, settled);
    }
    return this.#folded.get(value)!;
  }
}

/** Whether a value is small and depends on small constants alone. */
function settles(value: Value): boolean {
  const small = (x: Value) => is(x, 'Constant') && count(x.shape) <= LIMIT;
  if (value.inputs.some((x) => x.dtype === 'float16')) return false; // weights stay half as large
  if (value.inputs.length === 0 || is(value, 'Opaque') || is(value, 'OpaqueOutput')) return false;
  return value.inputs.every(small) && count(value.shape) <= LIMIT && flops([value]) <= WORK;
}

function computed(value: Value): Value {
  return constant(dataOf(evaluate([value])[0]!, value), value.shape);
}

function dataOf(numbers: Float64Array, { dtype }: Value): Data {
  if (dtype === 'int64') return BigInt64Array.from(numbers, int64);
  if (dtype === 'bool') return Uint8Array.from(numbers);
  return dtype === 'float16' ? toFloat16(numbers) : Float32Array.from(numbers);
}

/** Exporters write "to the end" as the largest int64, which float64 rounds up. */
function int64(x: number): bigint {
  const limit = 2n ** 63n;
  if (Number.isNaN(x)) return 0n;
  if (x >= 2 ** 63) return limit - 1n;
  return x <= -(2 ** 63) ? -limit : BigInt(x);
}
