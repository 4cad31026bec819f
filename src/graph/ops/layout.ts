/** @file Operators that move elements without changing them. */

import { count, fail, node, type Shape, type Value } from '../value.ts';
import { normaliseAxes } from './shapes.ts';

const same = (a: Shape, b: Shape) => a.length === b.length && a.every((size, i) => size === b[i]);

/** The same elements in another shape; one size may be −1. */
export function reshape(x: Value, shape: Shape): Value {
  const known = count(shape.filter((size) => size !== -1));
  const full = shape.map((size) => (size === -1 ? count(x.shape) / Math.max(1, known) : size));
  if (count(full) !== count(x.shape)) fail('Reshape', `${count(x.shape)} elements as in [${x.shape}], got [${shape}]`);
  return same(full, x.shape) ? x : node('Reshape', [x], { shape: full }, full, x.dtype);
}

/** Axes in a new order: axis i of the result is axis perm[i] of x. */
export function transpose(x: Value, perm: readonly number[]): Value {
  if (
    !same(
      [...perm].sort((a, b) => a - b),
      Array.from(x.shape.keys()),
    )
  ) {
    fail('Transpose', `an order of the ${x.shape.length} axes, got [${perm}]`);
  }
  return node(
    'Transpose',
    [x],
    { perm },
    perm.map((axis) => x.shape[axis]!),
    x.dtype,
  );
}

/** x repeated along its axes of size 1 (and new leading ones) up to `shape`. */
export function expand(x: Value, shape: Shape): Value {
  const tail = shape.slice(shape.length - x.shape.length);
  if (x.shape.length > shape.length || x.shape.some((size, i) => size !== 1 && size !== tail[i])) {
    fail('Expand', `a shape that [${x.shape}] broadcasts to, got [${shape}]`);
  }
  return same(x.shape, shape) ? x : node('Expand', [x], { shape }, shape, x.dtype);
}

/** The values one after another along an axis; their other sizes must agree. */
export function concat(values: readonly Value[], axis: number): Value {
  const first = values[0] ?? fail('Concat', 'at least one value, got none');
  if (
    values.some(
      (v) => v.shape.length !== first.shape.length || v.shape.some((n, i) => i !== axis && n !== first.shape[i]),
    )
  ) {
    fail('Concat', `sizes that agree but on axis ${axis}, got ${values.map((v) => `[${v.shape}]`).join(', ')}`);
  }
  const total = values.reduce((sum, v) => sum + v.shape[axis]!, 0);
  return values.length === 1 ? first : node('Concat', values, { axis }, first.shape.with(axis, total), first.dtype);
}

/** Elements start, start + step, … before end, along every axis; steps are 1 when left out. */
export function slice(
  x: Value,
  starts: readonly number[],
  ends: readonly number[],
  steps = starts.map(() => 1),
): Value {
  const ok = x.shape.every((n, i) => starts[i]! >= 0 && starts[i]! <= ends[i]! && ends[i]! <= n && steps[i]! >= 1);
  if (!ok || starts.length !== x.shape.length || ends.length !== x.shape.length) {
    fail('Slice', `a range within [${x.shape}], got [${starts}] to [${ends}]`);
  }
  const shape = starts.map((start, i) => Math.ceil((ends[i]! - start) / steps[i]!));
  return same(shape, x.shape) ? x : node('Slice', [x], { starts, ends, steps }, shape, x.dtype);
}

/** x with the order of its elements along these axes reversed. */
export function flip(x: Value, axes: readonly number[]): Value {
  const turned = normaliseAxes('Flip', axes, x.shape.length).filter((axis) => x.shape[axis] !== 1);
  return turned.length === 0 ? x : node('Flip', [x], { axes: turned }, x.shape, x.dtype);
}

/** Zeros around x: `pads` is every axis's begin, then every axis's end. */
export function pad(x: Value, pads: readonly number[]): Value {
  const rank = x.shape.length;
  if (pads.length !== 2 * rank || pads.some((n) => n < 0))
    fail('Pad', `${2 * rank} sizes of at least 0, got [${pads}]`);
  const shape = x.shape.map((n, i) => n + pads[i]! + pads[i + rank]!);
  return same(shape, x.shape) ? x : node('Pad', [x], { pads }, shape, x.dtype);
}

/** The pieces of x along an axis, `sizes[i]` long each: the inverse of {@link concat}. */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  let start = 0;
  return sizes.map((size) => {
    const starts = x.shape.map((_, i) => (i === axis ? start : 0));
    start += size;
    return slice(x, starts, x.shape.with(axis, start));
  });
}

/** x repeated `repeats[i]` times along each axis i. */
export function tile(x: Value, repeats: readonly number[]): Value {
  if (repeats.length !== x.shape.length)
    fail('Tile', `a number of repeats for each axis of [${x.shape}], got [${repeats}]`);
  const cells = reshape(
    x,
    x.shape.flatMap((n) => [1, n]),
  );
  const repeated = expand(
    cells,
    x.shape.flatMap((n, i) => [repeats[i]!, n]),
  );
  return reshape(
    repeated,
    x.shape.map((n, i) => n * repeats[i]!),
  );
}

/** x with axis `from` moved to place `to`. */
export function moveAxis(x: Value, from: number, to: number): Value {
  const others = Array.from(x.shape.keys()).filter((axis) => axis !== from);
  return transpose(x, [...others.slice(0, to), from, ...others.slice(to)]);
}

/** x dilated: `steps[i]` − 1 zeros between neighbours along each axis i. A slice with these steps undoes it. */
export function dilate(x: Value, steps: readonly number[]): Value {
  return steps.reduce((value, step, axis) => {
    const { shape } = value;
    if (step === 1 || shape[axis]! < 2) return value;
    const cells = reshape(value, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
    const after = cells.shape.map((_, i) => (i === axis + 1 ? step - 1 : 0));
    const padded = pad(cells, [...cells.shape.map(() => 0), ...after]);
    const dilated = reshape(padded, shape.with(axis, shape[axis]! * step));
    const ends = dilated.shape.with(axis, (shape[axis]! - 1) * step + 1); // no zeros after the last
    return slice(
      dilated,
      ends.map(() => 0),
      ends,
    );
  }, x);
}
