/** @file A graph said again in other values. */

import { node, topological, type Value } from './value.ts';

/** The same outputs with `rule` applied to every value, inputs before what uses them: it gets the value on its new inputs, and as it was. */
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

/** The same operator on these inputs, of the same shapes; the value itself where they are its own. */
export function withInputs(value: Value, inputs: readonly Value[]): Value {
  if (inputs.every((x, i) => x === value.inputs[i])) return value;
  return node(value.op, inputs as never, value.attrs, value.shape, value.dtype);
}
