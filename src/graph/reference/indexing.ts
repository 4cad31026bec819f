/** @file The float64 reference of the operators of `ops/indexing.ts`. */

import { stridesOf } from '../ops/shapes.ts';
import { count, type Shape } from '../value.ts';
import { type Kernel, lines, positions, type Tensor } from './tensor.ts';

type Indexing = 'Gather' | 'GatherElements' | 'GatherND' | 'ScatterElements' | 'ScatterND' | 'TopKIndices';

export const indexKernels: { readonly [K in Indexing]: Kernel<K> } = {
  Gather: ([x, indices], { axis }, shape) => {
    const inner = count(x!.shape.slice(axis + 1));
    const outer = count(x!.shape.slice(0, axis));
    const out = new Float64Array(count(shape));
    let at = 0;
    for (let i = 0; i < outer; i++) {
      for (const index of indices!.data) {
        const from = (i * x!.shape[axis]! + wrapped(index, x!.shape[axis]!)) * inner;
        out.set(x!.data.subarray(from, from + inner), at);
        at += inner;
      }
    }
    return out;
  },
  GatherElements: ([x, indices], { axis }) =>
    Float64Array.from(elements(x!.shape, indices!, axis), (from) => x!.data[from]!),
  GatherND: ([x, indices], _attrs, shape) => {
    const out = new Float64Array(count(shape));
    const { starts, length } = slices(x!.shape, indices!);
    for (const [i, from] of starts.entries()) out.set(x!.data.subarray(from, from + length), i * length);
    return out;
  },
  ScatterElements: ([x, indices, updates], { axis, reduction }) => {
    const out = x!.data.slice();
    for (const [i, to] of elements(x!.shape, indices!, axis).entries()) {
      out[to] = updates!.data[i]! + (reduction === 'add' ? out[to]! : 0);
    }
    return out;
  },
  ScatterND: ([x, indices, updates], { reduction }) => {
    const out = x!.data.slice();
    const { starts, length } = slices(x!.shape, indices!);
    for (const [i, to] of starts.entries()) {
      for (let k = 0; k < length; k++) {
        out[to + k] = updates!.data[i * length + k]! + (reduction === 'add' ? out[to + k]! : 0);
      }
    }
    return out;
  },
  TopKIndices: ([x], { axis, k, largest }, shape) => {
    const out = new Float64Array(count(shape));
    const to = lines(shape, axis);
    for (const [i, line] of lines(x!.shape, axis).entries()) {
      const order = Array.from(line.keys()).sort((a, b) => {
        const [m, n] = [x!.data[line[a]!]!, x!.data[line[b]!]!];
        return largest ? n - m : m - n;
      });
      for (let j = 0; j < k; j++) out[to[i]![j]!] = order[j]!;
    }
    return out;
  },
};

/** Indices below zero count from the end. */
function wrapped(index: number, size: number): number {
  return index < 0 ? index + size : index;
}

/** The flat position in a tensor of `shape` that each index refers to, as a coordinate along `axis`. */
function elements(shape: Shape, indices: Tensor, axis: number): Int32Array {
  const strides = stridesOf(shape);
  const own = positions(indices.shape, 0, strides.with(axis, 0));
  return own.map((at, i) => at + wrapped(indices.data[i]!, shape[axis]!) * strides[axis]!);
}

/** The flat position in a tensor of `shape` at which the slice of each row of coordinates starts, and its length. */
function slices(shape: Shape, indices: Tensor): { starts: number[]; length: number } {
  const depth = indices.shape.at(-1)!;
  const strides = stridesOf(shape);
  const starts = Array.from({ length: indices.data.length / depth }, (_, row) =>
    strides
      .slice(0, depth)
      .reduce((at, stride, i) => at + wrapped(indices.data[row * depth + i]!, shape[i]!) * stride, 0),
  );
  return { starts, length: count(shape.slice(depth)) };
}
