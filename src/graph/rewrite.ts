/** @file Rewriting: a new graph with a rule applied to every value. */

import { node, topological, type Value } from './value.ts';

/**
 * The outputs of a graph in which `rule` replaces each value, inputs before the values that use them.
 * `rule` gets the value with its inputs replaced, and the value as it was before.
 */
export function rewrite(
  outputs: Readonly<Record<string, Value>>,
  rule: (value: Value, was: Value) => Value,
): Record<string, Value> {
  const now = new Map<Value, Value>();
  for (const value of topological(Object.values(outputs))) {
    const inputs = value.inputs.map((x) => now.get(x)!);
    now.set(value, rule(withInputs(value, inputs), value));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, now.get(value)!]));
}

/** The same operator on other inputs of the same shapes; the value itself where the inputs are its own. */
export function withInputs(value: Value, inputs: readonly Value[]): Value {
  if (inputs.every((x, i) => x === value.inputs[i])) return value;
  return node(value.op, inputs as never, value.attrs, value.shape, value.dtype);
}
