/**
 * @file Sums of padded parts: the gradient of a split is a concatenation.
 *
 * Each slice of a value gives a gradient in zeros of the value's size. Where the slices lie apart along one axis, the
 * sum of these writes and reads every element once for each slice; a concatenation of the parts writes it once.
 */

import { add } from './ops/elementwise.ts';
import { concat, pad } from './ops/layout.ts';
import { is, type Value } from './value.ts';

/** A part of a sum that is zero but from `start` to `end` along one axis. */
interface Part {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly values: readonly Value[];
}

/**
 * The sum of these values of one shape, with parts that touch along an axis as one; undefined if there are none. Parts
 * that are not in `single`, the values of one use, are left, since they are computed anyway.
 */
export function mergePads(terms: readonly Value[], single: Set<Value>): Value | undefined {
  const others = terms.filter((term) => !single.has(term) || !partOf(term));
  const parts = terms.filter((term) => !others.includes(term)).map((term) => partOf(term)!);
  parts.sort((a, b) => a.axis - b.axis || a.start - b.start || a.end - b.end);
  const kept = (value: Value) => {
    single.add(value); // it is new, so that the sum is its one use
    return value;
  };
  const runs: Part[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (last?.axis === part.axis && last.end === part.start) {
      runs[runs.length - 1] = { ...last, end: part.end, values: [...last.values, ...part.values] };
    } else runs.push(part);
  }
  if (runs.length === parts.length) return undefined;
  return [...others, ...runs.map((run) => kept(placed(run, terms[0]!.shape)))].reduce((a, b) => kept(add(a, b)));
}

/** The one part of a value that is padded along one axis. */
function partOf(value: Value): Part | undefined {
  if (!is(value, 'Pad')) return undefined;
  const inner = value.inputs[0]!;
  const axes = inner.shape.flatMap((size, i) => (size === value.shape[i] ? [] : [i]));
  if (axes.length !== 1) return undefined;
  const [axis] = axes as [number];
  const start = value.attrs.pads[axis]!;
  const values = is(inner, 'Concat') && inner.attrs.axis === axis ? inner.inputs : [inner];
  return { axis, start, end: start + inner.shape[axis]!, values };
}

function placed({ axis, start, end, values }: Part, shape: readonly number[]): Value {
  const pads = [...shape, ...shape].map(() => 0);
  return pad(concat(values, axis), pads.with(axis, start).with(axis + shape.length, shape[axis]! - end));
}
