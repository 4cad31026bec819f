/**
 * @file Unknown operators: their nodes are kept as they are, so that ONNX Runtime can run them. They have no gradient.
 */

import type { NodeProto } from 'onnx-buf';
import { type DType, node, type Shape, type Value } from '../value.ts';
import { type Call, expected } from './call.ts';

/** The type and shape that a file declares for a tensor, with every size known. */
export interface Declared {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * The outputs of a node of an unknown operator, or of a known one with `unknown` attributes; undefined for an output
 * whose shape the file does not declare.
 */
export function opaque(
  proto: NodeProto,
  call: Call,
  declared: (name: string) => Declared | undefined,
  unknown: readonly string[],
): (Value | undefined)[] {
  if (call.attributes.some(({ g, graphs }) => g || graphs.length > 0)) {
    expected('a model without loops', `${proto.opType}: export it with the loop unrolled`);
  }
  const like = proto.opType.endsWith('Like') ? call.inputs[0] : undefined;
  const made = proto.output.map((name) => declared(name) ?? (like && { shape: like.shape, dtype: like.dtype }));
  const attribute = unknown.length > 0 ? ` with '${unknown.join("', '")}'` : '';
  const [
    first = expected(
      `operators of docs/operators.md, or the shapes of what others make`,
      `${proto.opType}${proto.domain ? ` of '${proto.domain}'` : ''}${attribute} without: run onnx.shape_inference on the file, or export it with operators that are known`,
    ),
  ] = made;
  const given = call.inputs.flatMap((x, place) => (x ? [{ x, place }] : []));
  const attrs = {
    opType: proto.opType,
    domain: proto.domain,
    version: call.opset,
    attributes: call.attributes,
    places: given.map(({ place }) => place),
    outputs: proto.output.length,
  };
  const value = node(
    'Opaque',
    given.map(({ x }) => x),
    attrs,
    first.shape,
    first.dtype,
  );
  return made.map((other, index) => {
    if (index === 0 || !other) return index === 0 ? value : undefined;
    return node('OpaqueOutput', [value], { index }, other.shape, other.dtype);
  });
}
