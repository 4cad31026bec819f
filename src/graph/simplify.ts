/**
 * @file Simplification: the same outputs from fewer operations.
 *
 * 1. Equal values are computed once.
 * 2. A gradient penalty needs the gradient of Σ D(xₙ). The loss Σ l(D(xₙ)) needs the same gradient with row n of the
 *    cotangent times l'(D(xₙ)). D keeps rows apart, so row n of the second gradient is row n of the first times
 *    l'(D(xₙ)): one pass back through D and a product replace two passes.
 * 3. A sum of weight gradients x ⋆ g + x' ⋆ g becomes one: (x + x') ⋆ g.
 * 4. A sum of parts in zeros becomes a concatenation: the gradient of a split.
 */

import { Equals } from './equals.ts';
import { type Scaled, scaled, scaledValues } from './factors.ts';
import { mergePads } from './merge-pads.ts';
import { add } from './ops/elementwise.ts';
import { convWeight } from './ops/linear.ts';
import { sum } from './ops/reduce.ts';
import { rewrite } from './rewrite.ts';
import { is, topological, type Value } from './value.ts';

/** The same outputs from fewer operations; they differ by rounding. */
export function simplify(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  const equals = new Equals();
  const once = rewrite(outputs, (value) => equals.keep(value));
  const order = topological(Object.values(once));
  const forms = scaledValues(order, equals);
  const uses = usesOf(order);
  const single = new Set<Value>(); // values that have one use
  const rule = (value: Value, was: Value) => {
    const form = forms.get(was);
    const now = form
      ? scaled(form)
      : (byRows(value, was, forms) ?? (value.op === 'Add' ? mergedSum(value, single) : value));
    if (uses.get(was) === 1) single.add(now);
    return now;
  };
  const again = new Equals();
  return rewrite(rewrite(once, rule), (value) => again.keep(value));
}

/**
 * A sum over rows: the factor of each row is applied after the sum over the other axes, where a row has fewest
 * elements.
 */
function byRows(value: Value, was: Value, forms: ReadonlyMap<Value, Scaled>): Value | undefined {
  const last = forms.get(was.inputs.at(-1)!);
  if (!last) return undefined;
  const { base, factor } = last;
  if (is(value, 'ConvWeight')) {
    return convWeight(scaled({ base: value.inputs[0]!, factor }), base, value.attrs, value.shape);
  }
  if (!is(value, 'ReduceSum') || !value.attrs.axes.includes(0) || value.attrs.axes.length === 1) return undefined;
  const within = value.attrs.axes.filter((axis) => axis !== 0);
  return sum(scaled({ base: sum(base, within, { keep: true }), factor }), [0], { keep: true });
}

/** A sum of fewer terms, if some of them can be one. */
function mergedSum(total: Value, single: Set<Value>): Value {
  const sameShape = total.inputs.every((x) => `${x.shape}` === `${total.shape}`);
  const terms = total.inputs.flatMap((x) => termsOf(x, single));
  return (sameShape ? mergePads(terms, single) : undefined) ?? mergeWeightGradients(total, terms, single);
}

/** A sum in which weight gradients with a common operand are one term: x ⋆ g + x' ⋆ g = (x + x') ⋆ g. */
function mergeWeightGradients(total: Value, terms: readonly Value[], single: Set<Value>): Value {
  const kept: Value[] = [];
  for (const term of terms) {
    const at = kept.findIndex((other) => single.has(other) && single.has(term) && merged(other, term));
    const one = at < 0 ? term : merged(kept[at]!, term)!;
    if (at < 0) kept.push(one);
    else kept[at] = one;
    if (at >= 0) single.add(one);
  }
  return kept.length === terms.length ? total : kept.reduce((a, b) => add(a, b));
}

function termsOf(value: Value, single: ReadonlySet<Value>): Value[] {
  const inner = value.op === 'Add' && single.has(value) && value.inputs.every((x) => `${x.shape}` === `${value.shape}`);
  return inner ? value.inputs.flatMap((x) => termsOf(x, single)) : [value];
}

/** Two weight gradients as one; undefined where they share no operand. */
function merged(a: Value, b: Value): Value | undefined {
  if (a === b || !is(a, 'ConvWeight') || !is(b, 'ConvWeight')) return undefined;
  if (JSON.stringify(a.attrs) !== JSON.stringify(b.attrs) || `${a.shape}` !== `${b.shape}`) return undefined;
  const [[x1, g1], [x2, g2]] = [a.inputs as [Value, Value], b.inputs as [Value, Value]];
  if (g1 === g2) return convWeight(add(x1, x2), g1, a.attrs, a.shape);
  return x1 === x2 && `${g1.shape}` === `${g2.shape}` ? convWeight(x1, add(g1, g2), a.attrs, a.shape) : undefined;
}

/** The number of uses of each value as an input. */
function usesOf(order: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  for (const { inputs } of order) for (const x of inputs) uses.set(x, (uses.get(x) ?? 0) + 1);
  return uses;
}
