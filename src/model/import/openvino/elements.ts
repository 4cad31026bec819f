/** @file Element types of OpenVINO, and the constants of a network: views of the weights file. Browser-safe. */

import { fromFloat16 } from '../../../graph/float16.ts';
import { count } from '../../../graph/value.ts';
import { type Layer, layerError } from './ir.ts';

/** How an element type is stored in ONNX, and the type that is computed with: all floats as float32, all integers as int64. */
interface Element {
  /** TensorProto.DataType of the stored and of the computed elements. */
  readonly stored: number;
  readonly computed: number;
  readonly bytes: number;
}

const [FLOAT, INT64, BOOL] = [1, 7, 9];

const elements: Readonly<Record<string, Element>> = {
  f32: { stored: FLOAT, computed: FLOAT, bytes: 4 },
  f16: { stored: 10, computed: FLOAT, bytes: 2 },
  bf16: { stored: 16, computed: FLOAT, bytes: 2 },
  f64: { stored: 11, computed: FLOAT, bytes: 8 },
  i64: { stored: INT64, computed: INT64, bytes: 8 },
  i32: { stored: 6, computed: INT64, bytes: 4 },
  i16: { stored: 5, computed: INT64, bytes: 2 },
  i8: { stored: 3, computed: INT64, bytes: 1 },
  u32: { stored: 12, computed: INT64, bytes: 4 },
  u16: { stored: 4, computed: INT64, bytes: 2 },
  u8: { stored: 2, computed: INT64, bytes: 1 },
  boolean: { stored: BOOL, computed: BOOL, bytes: 1 },
};

/** The element type of an attribute, as 'f32'. @throws LatentfillError for others. */
export function elementOf(layer: Layer, name: string | undefined): Element {
  const found = name !== undefined && Object.hasOwn(elements, name) ? elements[name] : undefined;
  if (found) return found;
  throw layerError(layer, `elements of ${Object.keys(elements).join(', ')}`, `'${name ?? 'none'}'`);
}

/** The computed type of a port, by its precision as 'FP32'. @throws LatentfillError for others. */
export function computedType(layer: Layer, precision: string): number {
  const name = precision
    .toLowerCase()
    .replace(/^fp/, 'f')
    .replace(/^bool$/, 'boolean');
  return elementOf(layer, name).computed;
}

/** Sizes in an attribute, as '1, 512'. @throws LatentfillError for anything else. */
export function sizesOf(layer: Layer, attribute: string): number[] {
  const text = layer.data[attribute] ?? '';
  const parts = text.trim() === '' ? [] : text.split(',').map((part) => part.trim());
  if (parts.every((part) => /^\d{1,15}$/.test(part))) return parts.map(Number);
  throw layerError(layer, `whole numbers as '${attribute}'`, `'${text}'`);
}

/** A constant: its element type, sizes, and the part of the weights that holds it. */
export interface Constant extends Element {
  readonly dims: readonly number[];
  readonly view: Uint8Array;
}

/** The constant of a layer of type Const. @throws LatentfillError where it does not lie within the weights. */
export function constantOf(layer: Layer, weights: Uint8Array): Constant {
  const element = elementOf(layer, layer.data.element_type);
  const dims = sizesOf(layer, 'shape');
  const [offset = Number.NaN] = sizesOf(layer, 'offset');
  const [size = Number.NaN] = sizesOf(layer, 'size');
  if (!(offset + size <= weights.byteLength)) {
    throw layerError(
      layer,
      `weights within the ${weights.byteLength} bytes of the weights file`,
      `${size} bytes from ${offset} on, so the file may belong to another network`,
    );
  }
  if (count(dims) * element.bytes !== size) {
    throw layerError(layer, `${count(dims) * element.bytes} bytes for [${dims}]`, `${size}`);
  }
  return { ...element, dims, view: weights.subarray(offset, offset + size) };
}

/** The elements of a constant, as numbers. */
export function numbersOf({ stored, view }: Constant): number[] {
  const { buffer } = new Uint8Array(view); // a copy, so that it is aligned for every type
  if (stored === 10) return [...fromFloat16(new Uint16Array(buffer))];
  if (stored === 16)
    return Array.from(new Float32Array(Uint32Array.from(new Uint16Array(buffer), (h) => h << 16).buffer));
  const typed = {
    [FLOAT]: Float32Array,
    11: Float64Array,
    [INT64]: BigInt64Array,
    6: Int32Array,
    5: Int16Array,
    3: Int8Array,
    12: Uint32Array,
    4: Uint16Array,
  }[stored];
  return Array.from(new (typed ?? Uint8Array)(buffer) as ArrayLike<number | bigint>, Number);
}
