/** @file Attributes of ONNX nodes, as they are written. */

import { create } from '@bufbuild/protobuf';
import { type AttributeProto, AttributeProto_AttributeType, AttributeProtoSchema } from 'onnx-buf';

/** A bigint is an integer; a number, a float; an array holds integers, a Float32Array floats. */
export type Attribute = number | bigint | string | readonly number[] | Float32Array;

/** Attributes by name in ONNX's own form. */
export function attributeProtos(attributes: Readonly<Record<string, Attribute>>): AttributeProto[] {
  return Object.entries(attributes).map(([name, x]) => attribute(name, x));
}

function attribute(name: string, x: Attribute) {
  const type = AttributeProto_AttributeType;
  if (typeof x === 'string') {
    return create(AttributeProtoSchema, { name, type: type.STRING, s: new TextEncoder().encode(x) });
  }
  if (typeof x === 'bigint') return create(AttributeProtoSchema, { name, type: type.INT, i: x });
  if (typeof x === 'number') return create(AttributeProtoSchema, { name, type: type.FLOAT, f: x });
  if (x instanceof Float32Array) return create(AttributeProtoSchema, { name, type: type.FLOATS, floats: [...x] });
  return create(AttributeProtoSchema, { name, type: type.INTS, ints: x.map(BigInt) });
}
