/**
 * @file Operators of ONNX that make tensors from sizes. Every shape is known, so most values that use them fold to
 * constants.
 */

import { cast } from '../../ops/elementwise.ts';
import { expand } from '../../ops/layout.ts';
import { constant, count, is, scalar, type Value } from '../../value.ts';
import { bounded, expected, ints, Unsupported } from '../call.ts';
import { constantOf, dtypeOf } from '../tensors.ts';
import type { Importers } from './importer.ts';

export const constants: Importers = {
  Shape: (call) => {
    const { shape } = call.x(0);
    return ints(shape.slice(call.int('start', 0), call.has('end') ? call.int('end', 0) : undefined));
  },
  Size: (call) => ints([count(call.x(0).shape)], []),
  Constant: (call) => {
    const tensor = call.tensor('value');
    if (tensor) return constantOf(tensor);
    if (call.has('value_float')) return scalar(call.float('value_float', 0));
    if (call.has('value_int')) return ints([call.int('value_int', 0)], []);
    if (call.has('value_floats')) return constant(Float32Array.from(call.list('value_floats')!));
    if (call.has('value_ints')) return ints(call.list('value_ints')!);
    throw new Unsupported();
  },
  ConstantOfShape: (call) => {
    const tensor = call.tensor('value');
    const value = tensor ? constantOf(tensor) : scalar(0);
    return expand(single(value), call.ints(0) ?? expected('a shape', 'none'));
  },
  Range: (call) => {
    const [start, limit, delta] = [0, 1, 2].map((i) => call.floats(i)?.[0] ?? expected(`an input ${i}`, 'none'));
    const n = Math.max(0, Math.ceil((limit! - start!) / delta!));
    bounded(n);
    const values = Array.from({ length: n }, (_, i) => start! + i * delta!);
    return call.x(0).dtype === 'int64' ? ints(values) : constant(Float32Array.from(values));
  },
  EyeLike: (call) => {
    const [rows = 0, columns = 0] = call.x(0).shape;
    const k = call.int('k', 0);
    bounded(rows * columns);
    const ones = Float32Array.from({ length: rows * columns }, (_, i) =>
      (i % columns) - Math.floor(i / columns) === k ? 1 : 0,
    );
    return cast(
      constant(ones, [rows, columns]),
      call.has('dtype') ? (dtypeOf(call.int('dtype', 1)) ?? 'float32') : call.x(0).dtype,
    );
  },
  NonZero: (call) => {
    const x = call.x(0);
    if (!is(x, 'Constant')) throw new Unsupported();
    const places = Array.from(x.attrs.data as ArrayLike<number | bigint>, (value, i) =>
      Number(value) === 0 ? -1 : i,
    ).filter((i) => i >= 0);
    const inner = x.shape.map((_, axis) => count(x.shape.slice(axis + 1)));
    return ints(
      inner.flatMap((stride, axis) => places.map((i) => Math.floor(i / stride) % x.shape[axis]!)),
      [x.shape.length, places.length],
    );
  },
};

/** The one element of a value, as a scalar. */
function single(value: Value): Value {
  if (!is(value, 'Constant') || value.attrs.data.length !== 1) throw new Unsupported();
  return constant(value.attrs.data, []);
}
