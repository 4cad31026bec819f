/** @file Tensors as ONNX files hold them, and as constants of a graph. */

import type { TensorProto } from 'onnx-buf';
import { LatentfillError } from '../../base/errors.ts';
import { fromFloat16 } from '../float16.ts';
import { cast } from '../ops/elementwise.ts';
import { constant, count, type Data, type DType, type Value } from '../value.ts';

/** Numbers of element types in TensorProto.DataType. */
export const dataTypes: Readonly<Record<DType, number>> = { float32: 1, int64: 7, bool: 9, float16: 10 };

/** The arguments of a typed array's constructor; `length` is in elements. */
type Raw = [buffer: ArrayBuffer, byteOffset: number, length: number];

/** How each element type of a file is stored, and its type in the graph: floats become float32, integers int64. */
const stored: Readonly<Record<number, { name: string; bytes: number; dtype: DType; convert: (...raw: Raw) => Data }>> =
  {
    1: { name: 'float32', bytes: 4, dtype: 'float32', convert: (...raw) => new Float32Array(...raw) },
    2: { name: 'uint8', bytes: 1, dtype: 'int64', convert: (...raw) => whole(new Uint8Array(...raw)) },
    3: { name: 'int8', bytes: 1, dtype: 'int64', convert: (...raw) => whole(new Int8Array(...raw)) },
    4: { name: 'uint16', bytes: 2, dtype: 'int64', convert: (...raw) => whole(new Uint16Array(...raw)) },
    5: { name: 'int16', bytes: 2, dtype: 'int64', convert: (...raw) => whole(new Int16Array(...raw)) },
    6: { name: 'int32', bytes: 4, dtype: 'int64', convert: (...raw) => whole(new Int32Array(...raw)) },
    7: { name: 'int64', bytes: 8, dtype: 'int64', convert: (...raw) => new BigInt64Array(...raw) },
    9: { name: 'bool', bytes: 1, dtype: 'bool', convert: (...raw) => new Uint8Array(...raw).map((x) => (x ? 1 : 0)) },
    10: { name: 'float16', bytes: 2, dtype: 'float16', convert: (...raw) => new Uint16Array(...raw) },
    11: {
      name: 'float64',
      bytes: 8,
      dtype: 'float32',
      convert: (...raw) => Float32Array.from(new Float64Array(...raw)),
    },
    12: { name: 'uint32', bytes: 4, dtype: 'int64', convert: (...raw) => whole(new Uint32Array(...raw)) },
    16: { name: 'bfloat16', bytes: 2, dtype: 'float32', convert: (...raw) => fromBfloat16(new Uint16Array(...raw)) },
  };

/** The type in which elements of a file's type are computed; undefined for text and unknown types. */
export function dtypeOf(dataType: number): DType | undefined {
  const dtype = stored[dataType]?.dtype;
  return dtype === 'float16' ? 'float32' : dtype;
}

/** Tensors of float16 up to this many elements are widened when read. */
const SMALL = 4096;

/** Gives the bytes of an external weights file, by the name that the model has for it. */
export type External = (location: string) => Uint8Array;

/**
 * A tensor of a file as a constant of float32, int64 or bool. Weights of float32 are views into the file where their
 * alignment allows. Weights of float16 stay float16, half as large, behind a cast that the runtime computes.
 */
export function constantOf(tensor: TensorProto, external?: External): Value {
  const shape = tensor.dims.map(Number);
  const type = stored[tensor.dataType];
  if (!type) throw bad(tensor, 'numbers as elements', `type ${tensor.dataType}`);
  if (shape.some((n) => !Number.isSafeInteger(n) || n < 0)) throw bad(tensor, 'sizes of at least 0', `[${shape}]`);
  const data = typedData(tensor) ?? type.convert(...rawOf(tensor, type.bytes, external));
  if (data.length !== count(shape)) throw bad(tensor, `${count(shape)} elements for [${shape}]`, `${data.length}`);
  if (!(data instanceof Uint16Array)) return constant(data, shape);
  return data.length <= SMALL ? constant(fromFloat16(data), shape) : cast(constant(data, shape), 'float32');
}

/** Elements that are stored not as raw bytes but in the protobuf field of their type. */
function typedData({
  dataType,
  floatData,
  doubleData,
  int32Data,
  int64Data,
  uint64Data,
}: TensorProto): Data | undefined {
  if (floatData.length > 0) return Float32Array.from(floatData);
  if (doubleData.length > 0) return Float32Array.from(doubleData);
  if (int64Data.length > 0) return BigInt64Array.from(int64Data);
  if (uint64Data.length > 0) return BigInt64Array.from(uint64Data);
  if (int32Data.length === 0) return undefined;
  if (dataType === 10) return Uint16Array.from(int32Data);
  if (dataType === 16) return fromBfloat16(Uint16Array.from(int32Data));
  return dataType === 9 ? Uint8Array.from(int32Data, (x) => (x ? 1 : 0)) : whole(int32Data);
}

/** The raw bytes of a tensor, aligned for its elements. */
function rawOf(tensor: TensorProto, bytes: number, external: External | undefined): Raw {
  const raw = tensor.dataLocation === 1 ? externalBytes(tensor, external) : tensor.rawData;
  if (raw.byteLength % bytes !== 0) throw bad(tensor, 'whole elements', `${raw.byteLength} bytes`);
  const aligned = raw.byteOffset % bytes === 0 ? raw : new Uint8Array(raw);
  return [aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / bytes];
}

/** The part of another file that holds a tensor. */
function externalBytes(tensor: TensorProto, external: External | undefined): Uint8Array {
  const entry = (key: string) => tensor.externalData.find((pair) => pair.key === key)?.value;
  const location = entry('location') ?? '';
  if (!external) {
    throw new LatentfillError(
      'network',
      `Expected all weights in the model's file, got tensor '${tensor.name}' in '${location}': read the model from its folder, or give 'external'.`,
    );
  }
  const file = external(location);
  const offset = Number(entry('offset') ?? 0);
  const length = Number(entry('length') ?? file.byteLength - offset);
  const within = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!within || offset + length > file.byteLength) {
    throw bad(tensor, `its bytes within the ${file.byteLength} of '${location}'`, `${length} from ${offset} on`);
  }
  return file.subarray(offset, offset + length);
}

function bad({ name }: TensorProto, expected: string, got: string): LatentfillError {
  return new LatentfillError(
    'network',
    `Expected ${expected} in tensor '${name}', got ${got}: export or download the model again.`,
  );
}

function whole(numbers: ArrayLike<number>): BigInt64Array {
  return BigInt64Array.from(numbers as ArrayLike<number> & Iterable<number>, BigInt);
}

/** bfloat16 is the upper half of float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (h) => h << 16).buffer);
}
