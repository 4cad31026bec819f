/** @file Operators that pick elements by index (int64), put them back, and rank them. Named as ONNX names them. */

import { constant, fail, node, type Shape, type Value } from '../value.ts';
import { sub } from './elementwise.ts';
import { flip, reshape } from './layout.ts';
import { normaliseAxis } from './shapes.ts';

/** Slices of x along an axis; in the result's shape, the indices' shape replaces that axis. */
export function gather(x: Value, indices: Value, axis = 0): Value {
  checkIndices('Gather', indices);
  const along = normaliseAxis('Gather', axis, x.shape.length);
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  return node('Gather', [x, indices], { axis: along }, shape, x.dtype);
}

/** For each index, the element of x at the same position, except that along `axis` the index is the coordinate. */
export function gatherElements(x: Value, indices: Value, axis = 0): Value {
  checkIndices('GatherElements', indices);
  const along = normaliseAxis('GatherElements', axis, x.shape.length);
  checkWithin('GatherElements', x.shape, indices.shape, along);
  return node('GatherElements', [x, indices], { axis: along }, indices.shape, x.dtype);
}

/** For each row of indices [..., k], the slice of x at these coordinates of its first k axes. */
export function gatherND(x: Value, indices: Value): Value {
  checkIndices('GatherND', indices);
  const depth = coordinates('GatherND', x, indices);
  return node('GatherND', [x, indices], {}, [...indices.shape.slice(0, -1), ...x.shape.slice(depth)], x.dtype);
}

/** x with `updates` written to the elements that {@link gatherElements} would read. */
export function scatterElements(
  x: Value,
  indices: Value,
  updates: Value,
  { axis = 0, reduction = 'none' }: { axis?: number; reduction?: 'none' | 'add' } = {},
): Value {
  checkIndices('ScatterElements', indices);
  const along = normaliseAxis('ScatterElements', axis, x.shape.length);
  checkWithin('ScatterElements', x.shape, indices.shape, along);
  checkUpdates('ScatterElements', updates, indices.shape);
  return node('ScatterElements', [x, indices, updates], { axis: along, reduction }, x.shape, x.dtype);
}

/** x with `updates` written to the slices that {@link gatherND} would read. */
export function scatterND(x: Value, indices: Value, updates: Value, reduction: 'none' | 'add' = 'none'): Value {
  checkIndices('ScatterND', indices);
  const depth = coordinates('ScatterND', x, indices);
  checkUpdates('ScatterND', updates, [...indices.shape.slice(0, -1), ...x.shape.slice(depth)]);
  return node('ScatterND', [x, indices, updates], { reduction }, x.shape, x.dtype);
}

/** Indices (int64) of the k largest (or smallest) elements along an axis, the largest (or smallest) first. */
export function topKIndices(x: Value, k: number, axis = -1, largest = true): Value {
  const along = normaliseAxis('TopK', axis, x.shape.length);
  if (!(k >= 1 && k <= x.shape[along]!)) fail('TopK', `k from 1 to ${x.shape[along]}, got ${k}`);
  return node('TopKIndices', [x], { axis: along, k, largest }, x.shape.with(along, k), 'int64');
}

/**
 * The index (int64) of the largest (or smallest) element along an axis; `keep` keeps that axis as size 1. Of equal ones
 * the first, or the `last`.
 */
export function argMax(x: Value, axis = 0, { keep = false, largest = true, last = false } = {}): Value {
  const along = normaliseAxis('ArgMax', axis, x.shape.length);
  const end = constant(BigInt64Array.of(BigInt(x.shape[along]! - 1)), []);
  const kept = last ? sub(end, topKIndices(flip(x, [along]), 1, along, largest)) : topKIndices(x, 1, along, largest);
  return keep ? kept : reshape(kept, x.shape.toSpliced(along, 1));
}

function checkIndices(op: string, indices: Value): void {
  if (indices.dtype !== 'int64') fail(op, `int64 indices, got ${indices.dtype}`);
}

function checkWithin(op: string, x: Shape, indices: Shape, axis: number): void {
  if (x.length !== indices.length || indices.some((n, i) => i !== axis && n > x[i]!)) {
    fail(op, `indices within [${x}] but for axis ${axis}, got [${indices}]`);
  }
}

function checkUpdates(op: string, updates: Value, shape: Shape): void {
  if (`${updates.shape}` !== `${shape}`) fail(op, `updates [${shape}], got [${updates.shape}]`);
}

function coordinates(op: string, x: Value, indices: Value): number {
  const depth = indices.shape.at(-1) ?? 0;
  if (indices.shape.length < 1 || depth < 1 || depth > x.shape.length) {
    fail(op, `indices [..., 1 to ${x.shape.length}], got [${indices.shape}]`);
  }
  return depth;
}
