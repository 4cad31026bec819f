/** @file The protobuf of a model. */

import { fromBinary } from '@bufbuild/protobuf';
import { type GraphProto, type ModelProto, ModelProtoSchema } from 'onnx-buf';
import { LatentfillError } from '../../base/errors.ts';

/** A model that has a graph. */
export type Decoded = ModelProto & { readonly graph: GraphProto };

/** Decodes the protobuf of a model. @throws LatentfillError for bytes that are no ONNX model. */
export function decodeModel(bytes: Uint8Array): Decoded {
  try {
    const model = fromBinary(ModelProtoSchema, bytes);
    if (model.graph && model.graph.output.length > 0) return model as Decoded;
  } catch {
    // the error below says what to do
  }
  throw new LatentfillError(
    'network',
    `Expected an ONNX model, got ${bytes.length} bytes that are none: export or download it again.`,
  );
}

/** True for the domain of ONNX's own operators, which has two names. */
export function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}
