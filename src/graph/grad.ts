/** @file Reverse-mode differentiation: from a graph to the graph of its gradient. */

import { add, onesLike, zerosLike } from './ops/elementwise.ts';
import { sumTo } from './ops/reduce.ts';
import { count, fail, nameOf, topological, type Value } from './value.ts';
import { type Vjp, type Vjps, vjps } from './vjps.ts';

const REMEDY =
  'export the model without it, replace it by operators of docs/operators.md, ' +
  'give its inputs as fixed values, or pass a table with a rule for it';

/**
 * ∂y/∂x for each x of `xs`, as values of x's shape: they can be differentiated again. `y` has one element. An x that y
 * does not depend on gets zeros. `rules` replaces the gradient table, for operators of one's own.
 * @throws LatentfillError where the path from y to an x meets an operator without a gradient.
 */
export function grad(y: Value, xs: readonly Value[], rules: Vjps = vjps): Value[] {
  if (count(y.shape) !== 1)
    fail('grad', `a value of one element to differentiate, got shape [${y.shape}]: sum it first`);
  const order = topological([y]);
  const wanted = leadingTo(order, xs);
  const cotangents = new Map<Value, Value>([[y, onesLike(y)]]);
  for (const value of order.toReversed()) {
    const g = cotangents.get(value);
    if (!g || !wanted.has(value) || value.inputs.length === 0) continue;
    const rule = rules[value.op] as Vjp<'Concat'> | null;
    if (!rule) fail('grad', `operators with a gradient on the way, got ${nameOf(value)}: ${REMEDY}`);
    const gradients = rule(g, value, value.inputs, value.attrs as never);
    value.inputs.forEach((x, i) => {
      const dx = gradients[i];
      if (!dx || !wanted.has(x)) return;
      const summed = sumTo(dx, x.shape); // the transpose of broadcasting, here for every rule
      const before = cotangents.get(x);
      cotangents.set(x, before ? add(before, summed) : summed);
    });
  }
  return xs.map((x) => cotangents.get(x) ?? zerosLike(x));
}

/** The values of `order` that depend on some x. */
function leadingTo(order: readonly Value[], xs: readonly Value[]): Set<Value> {
  const wanted = new Set(xs);
  for (const value of order) if (value.inputs.some((x) => wanted.has(x))) wanted.add(value);
  return wanted;
}
