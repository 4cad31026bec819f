/** @file Operators of ONNX that move elements, and those that pick them by index. */

import * as ew from '../../ops/elementwise.ts';
import {
  argMax,
  gather,
  gatherElements,
  gatherND,
  scatterElements,
  scatterND,
  topKIndices,
} from '../../ops/indexing.ts';
import { concat, expand, flip, pad, reshape, slice, split, tile, transpose } from '../../ops/layout.ts';
import { broadcast, normaliseAxes, normaliseAxis } from '../../ops/shapes.ts';
import { constant, count, is, scalar, type Value } from '../../value.ts';
import { bounded, type Call, expected, ints, Unsupported } from '../call.ts';
import type { Importers } from './importer.ts';

export const layout: Importers = {
  Reshape: (call) => reshapeTo(call, call.listOrInput('shape', 1) ?? expected('a shape', 'none')),
  Flatten: (call) => {
    const { shape } = call.x(0);
    const axis = call.int('axis', 1);
    const at = axis < 0 ? axis + shape.length : axis;
    return reshape(call.x(0), [count(shape.slice(0, at)), count(shape.slice(at))]);
  },
  Squeeze: (call) => {
    const { shape } = call.x(0);
    const axes = call.listOrInput('axes', 1);
    const gone = axes
      ? normaliseAxes('Squeeze', axes, shape.length)
      : Array.from(shape.keys()).filter((i) => shape[i] === 1);
    return reshape(
      call.x(0),
      shape.filter((_, i) => !gone.includes(i)),
    );
  },
  Unsqueeze: (call) => {
    const axes = call.listOrInput('axes', 1) ?? expected('axes', 'none');
    const { shape } = call.x(0);
    const added = normaliseAxes('Unsqueeze', axes, shape.length + axes.length);
    const sizes = [...shape];
    for (const axis of added) sizes.splice(axis, 0, 1);
    return reshape(call.x(0), sizes);
  },
  Transpose: (call) => transpose(call.x(0), call.list('perm') ?? Array.from(call.x(0).shape.keys()).reverse()),
  Expand: (call) => {
    const x = call.x(0);
    const shape = rebatched(call, call.ints(1) ?? expected('a shape', 'none'));
    return expand(x, broadcast('Expand', x.shape, shape));
  },
  Tile: (call) => tile(call.x(0), call.ints(1) ?? expected('repeats', 'none')),
  Concat: (call) => concat(call.all(), normaliseAxis('Concat', call.int('axis', 0), call.x(0).shape.length)),
  Split: (call) => {
    const x = call.x(0);
    const axis = normaliseAxis('Split', call.int('axis', 0), x.shape.length);
    const parts = call.int('num_outputs', call.outputs);
    if (!(parts >= 1 && parts <= x.shape[axis]!)) expected(`1 to ${x.shape[axis]} parts`, `${parts}`);
    const each = Math.ceil(x.shape[axis]! / parts);
    const even = Array.from({ length: parts }, (_, i) => Math.min(each, x.shape[axis]! - i * each));
    return split(x, call.listOrInput('split', 1) ?? even, axis);
  },
  Slice: sliceOf,
  Pad: padded,
  DepthToSpace: (call) => {
    const b = call.int('blocksize', 1);
    const [n, c, h, w] = call.x(0).shape as [number, number, number, number];
    const columnsFirst = call.text('mode', 'DCR') === 'CRD';
    const cells = columnsFirst ? [n, c / b / b, b, b, h, w] : [n, b, b, c / b / b, h, w];
    const y = transpose(reshape(call.x(0), cells), columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
    return reshape(y, [n, c / b / b, h * b, w * b]);
  },
  SpaceToDepth: (call) => {
    const b = call.int('blocksize', 1);
    const [n, c, h, w] = call.x(0).shape as [number, number, number, number];
    const columnsFirst = call.text('mode', 'DCR') === 'CRD';
    const order = columnsFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4];
    const cells = transpose(reshape(call.x(0), [n, c, h / b, b, w / b, b]), order);
    return reshape(cells, [n, c * b * b, h / b, w / b]);
  },

  Gather: (call) => {
    const axis = normaliseAxis('Gather', call.int('axis', 0), call.x(0).shape.length);
    return gather(call.x(0), fromStart(call.x(1), call.x(0).shape[axis]!), axis);
  },
  GatherElements: (call) => {
    const axis = normaliseAxis('GatherElements', call.int('axis', 0), call.x(0).shape.length);
    return gatherElements(call.x(0), fromStart(call.x(1), call.x(0).shape[axis]!), axis);
  },
  GatherND: (call) => {
    const batch = call.int('batch_dims', 0);
    return gatherND(call.x(0), batch === 0 ? call.x(1) : withBatch(call.x(1), batch));
  },
  ScatterElements: (call) => {
    const axis = call.int('axis', 0);
    return scatterElements(call.x(0), call.x(1), call.x(2), { axis, reduction: reductionOf(call) });
  },
  ScatterND: (call) => scatterND(call.x(0), call.x(1), call.x(2), reductionOf(call)),
  OneHot: oneHot,
  TopK: (call) => {
    const x = call.x(0);
    const axis = normaliseAxis('TopK', call.int('axis', -1), x.shape.length);
    const k = call.has('k') ? call.int('k', 1) : (call.ints(1)?.[0] ?? expected('a k', 'none'));
    const indices = topKIndices(x, k, axis, call.int('largest', 1) === 1);
    return [gatherElements(x, indices, axis), indices];
  },
  ArgMax: (call) => extreme(call, true),
  ArgMin: (call) => extreme(call, false),
  Trilu: (call) => {
    const x = call.x(0);
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    const k = call.ints(1)?.[0] ?? 0;
    const upper = call.int('upper', 1) === 1;
    bounded(rows * columns);
    const kept = Array.from({ length: rows * columns }, (_, i) => {
      const diagonal = (i % columns) - Math.floor(i / columns);
      return (upper ? diagonal >= k : diagonal <= k) ? 1 : 0;
    });
    return ew.where(constant(Uint8Array.from(kept), [rows, columns]), x, ew.cast(scalar(0), x.dtype));
  },
};

/** The shape, with a leading size that equals the batch size of the export replaced by the new batch size. */
function rebatched({ rebatch }: Call, shape: readonly number[]): readonly number[] {
  return rebatch && shape[0] === rebatch.from ? shape.with(0, rebatch.to) : shape;
}

/**
 * Reshape, where a size of 0 means x's size and one may be −1; adapted to another batch size than the file's if need
 * be.
 */
function reshapeTo(call: Call, target: readonly number[]): Value {
  const x = call.x(0);
  const copied = target.map((n, i) => (n === 0 && call.int('allowzero', 0) === 0 ? (x.shape[i] ?? 0) : n));
  const { rebatch } = call;
  if (!rebatch || is(x, 'Constant')) return reshape(x, copied);
  const before = (count(x.shape) * rebatch.from) / rebatch.to;
  const known = count(copied.filter((n) => n !== -1));
  const traced = target.map((n, i) =>
    n === -1 ? before / known : n === 0 && x.shape[i] === rebatch.to && i === 0 ? rebatch.from : copied[i]!,
  );
  // The batch axis is outermost: where the sizes fit the exported batch, the first size is scaled with the batch.
  const grown = (traced[0]! * rebatch.to) / rebatch.from;
  const fits = count(traced) === before && Number.isInteger(grown) && traced.every(Number.isInteger);
  return reshape(x, fits ? traced.with(0, grown) : copied);
}

function sliceOf(call: Call): Value {
  const x = call.x(0);
  const rank = x.shape.length;
  const starts = call.listOrInput('starts', 1) ?? expected('starts', 'none');
  const ends = call.listOrInput('ends', 2) ?? expected('ends', 'none');
  const axes = (call.listOrInput('axes', 3) ?? starts.map((_, i) => i)).map((axis) => (axis < 0 ? axis + rank : axis));
  const steps = call.ints(4) ?? starts.map(() => 1);
  if (axes.some((axis) => !(axis >= 0 && axis < rank))) expected(`axes of [${x.shape}]`, `[${axes}]`);
  const [from, to, by] = [x.shape.map(() => 0), [...x.shape], x.shape.map(() => 1)];
  const turned: number[] = [];
  for (const [i, axis] of axes.entries()) {
    const [n, step] = [x.shape[axis]!, steps[i]!];
    const at = (index: number, low: number, high: number) =>
      Math.min(Math.max(index < 0 ? index + n : index, low), high);
    if (step > 0) {
      from[axis] = at(starts[i]!, 0, n);
      to[axis] = Math.max(from[axis]!, at(ends[i]!, 0, n));
      by[axis] = step;
      continue;
    }
    // A negative step: the same elements in ascending order, then flipped.
    const [start, end] = [at(starts[i]!, 0, n - 1), at(ends[i]!, -1, n - 1)];
    const length = Math.max(0, Math.ceil((start - end) / -step));
    from[axis] = length === 0 ? 0 : start + (length - 1) * step;
    to[axis] = length === 0 ? 0 : start + 1;
    by[axis] = -step;
    turned.push(axis);
  }
  return flip(slice(x, from, to, by), turned);
}

function padded(call: Call): Value {
  const x = call.x(0);
  const rank = x.shape.length;
  const list = call.listOrInput('pads', 1) ?? expected('pads', 'none');
  const axes = normaliseOrder(call.ints(3), rank);
  if (list.length !== 2 * axes.length) expected(`${2 * axes.length} pads`, `${list.length}`);
  const begin = x.shape.map((_, i) => (axes.includes(i) ? list[axes.indexOf(i)]! : 0));
  const end = x.shape.map((_, i) => (axes.includes(i) ? list[axes.indexOf(i) + axes.length]! : 0));
  const cropped = slice(
    x,
    begin.map((n) => Math.max(0, -n)),
    x.shape.map((n, i) => n - Math.max(0, -end[i]!)),
  );
  const sizes = [...begin, ...end].map((n) => Math.max(0, n));
  const mode = call.text('mode', 'constant');
  if (mode === 'constant')
    return filled(cropped, sizes, call.has('value') ? call.float('value', 0) : (call.floats(2)?.[0] ?? 0));
  return sizes
    .slice(0, rank)
    .reduce((y, before, axis) => extended(y, axis, before, sizes[axis + rank]!, mode), cropped);
}

function normaliseOrder(axes: number[] | undefined, rank: number): number[] {
  return axes?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? Array.from({ length: rank }, (_, i) => i);
}

function filled(x: Value, pads: readonly number[], value: number): Value {
  const zeros = pad(x, pads);
  if (value === 0 || zeros === x) return zeros;
  const own = pad(expand(scalar(1), x.shape), pads);
  return ew.where(ew.greater(own, 0), zeros, value);
}

/** x padded on both sides of one axis: by repeating its edge, by reflection, or by wrapping around. */
function extended(x: Value, axis: number, before: number, after: number, mode: string): Value {
  const n = x.shape[axis]!;
  const part = (from: number, to: number) =>
    slice(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
      x.shape.with(axis, to),
    );
  const sides: Record<string, () => [Value, Value]> = {
    edge: () => [expand(part(0, 1), x.shape.with(axis, before)), expand(part(n - 1, n), x.shape.with(axis, after))],
    reflect: () => [flip(part(1, before + 1), [axis]), flip(part(n - 1 - after, n - 1), [axis])],
    wrap: () => [part(n - before, n), part(0, after)],
  };
  const made = sides[mode] ?? expected("a mode of 'constant', 'reflect', 'edge' or 'wrap'", `'${mode}'`);
  if (before === 0 && after === 0) return x;
  const [left, right] = made();
  return concat([...(before > 0 ? [left] : []), x, ...(after > 0 ? [right] : [])], axis);
}

/** Indices with negative ones, which count from the end, made non-negative where they are constants. */
function fromStart(indices: Value, size: number): Value {
  if (!is(indices, 'Constant')) return indices;
  const values = Array.from(indices.attrs.data as BigInt64Array, Number);
  if (values.some((i) => i >= size || i < -size))
    expected(`indices from ${-size} to ${size - 1}`, `[${values.slice(0, 8)}]`);
  return ints(
    values.map((i) => (i < 0 ? i + size : i)),
    indices.shape,
  );
}

/** Coordinates [b…, …, k], each row preceded by its own index in the first `batch` axes: [b…, …, batch + k]. */
function withBatch(indices: Value, batch: number): Value {
  const rows = indices.shape.with(-1, 1);
  const places = Array.from({ length: batch }, (_, axis) => {
    const counted = ints(
      Array.from({ length: rows[axis]! }, (_, i) => i),
      rows.map((n, i) => (i === axis ? n : 1)),
    );
    return expand(counted, rows);
  });
  return concat([...places, indices], rows.length - 1);
}

function reductionOf(call: Call): 'none' | 'add' {
  const reduction = call.text('reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add') throw new Unsupported();
  return reduction;
}

function extreme(call: Call, largest: boolean): Value {
  const last = call.int('select_last_index', 0) === 1;
  return argMax(call.x(0), call.int('axis', 0), { keep: call.int('keepdims', 1) === 1, largest, last });
}

function oneHot(call: Call): Value {
  const depth = call.floats(1)?.[0] ?? expected('a depth', 'none');
  bounded(depth);
  const values = call.x(2);
  const indices = ew.cast(call.x(0), 'int64');
  const rank = indices.shape.length + 1;
  const axis = normaliseAxis('OneHot', call.int('axis', -1), rank);
  const wide = reshape(indices, indices.shape.toSpliced(axis, 0, 1));
  const fromZero = ew.where(ew.greater(ints([0], []), wide), ew.add(wide, ints([depth], [])), wide);
  const places = ints(
    Array.from({ length: depth }, (_, i) => i),
    Array.from({ length: rank }, (_, i) => (i === axis ? depth : 1)),
  );
  const [off, on] = split(values, [1, 1], 0).map((value) => reshape(value, []));
  return ew.where(ew.equal(fromZero, places), on!, off!);
}
