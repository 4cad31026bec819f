/** @file Builds an ONNX model node by node, for networks that come from other formats. Browser-safe. */

import { create, toBinary } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { LatentfillError } from '../../base/errors.ts';
import { type Attribute, attributeProtos } from '../../graph/onnx/attributes.ts';
import { dataTypes } from '../../graph/onnx/tensors.ts';

const OPSET = 18n;
const IR_VERSION = 8n; // of the ONNX release that brought opset 18

/** The largest protobuf message. */
const MOST_BYTES = 2 ** 31 - 1;

/** An input or output of the model: its TensorProto.DataType, and its sizes, symbols as text. */
export interface Declared {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly (number | string)[];
}

/** The nodes and weights of a model so far. Names are chosen by {@link OnnxBuilder.unique}. */
export class OnnxBuilder {
  readonly #graph = create(GraphProtoSchema, { name: 'latentfill' });
  readonly #taken = new Set<string>();
  readonly #ints = new Map<string, string>();
  #bytes = 0;

  /** `name`, or that with a number where it is taken already. */
  unique(name: string): string {
    let free = name;
    for (let i = 2; free === '' || this.#taken.has(free); i++) free = `${name}.${i}`;
    this.#taken.add(free);
    return free;
  }

  /** A node `outputs = opType(inputs)`. */
  node(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    const [input, output] = [[...inputs], [...outputs]];
    const attribute = attributeProtos(attributes);
    this.#graph.node.push(create(NodeProtoSchema, { opType, name: output[0]!, input, output, attribute }));
  }

  /** Weights as they lie in their file; `type` is their TensorProto.DataType. @throws LatentfillError above 2 GB. */
  weights(name: string, type: number, dims: readonly number[], bytes: Uint8Array): string {
    this.#bytes += bytes.byteLength;
    if (this.#bytes > MOST_BYTES) {
      throw new LatentfillError(
        'network',
        `Expected a model below 2 GB with its weights, got more at '${name}': export it to ONNX in float16, and import that.`,
      );
    }
    const own = this.unique(name);
    const rawData = bytes as Uint8Array<ArrayBuffer>;
    this.#graph.initializer.push(
      create(TensorProtoSchema, { name: own, dims: dims.map(BigInt), dataType: type, rawData }),
    );
    return own;
  }

  /** Sizes or axes as a tensor of int64, one for equal lists. */
  ints(values: readonly number[]): string {
    const key = `${values}`;
    const known = this.#ints.get(key);
    if (known !== undefined) return known;
    const data = BigInt64Array.from(values, BigInt);
    const made = this.weights('ints', dataTypes.int64, [values.length], new Uint8Array(data.buffer));
    this.#ints.set(key, made);
    return made;
  }

  /** The bytes of the model, without nodes and weights that no output needs; each node comes after those it needs. */
  finish(inputs: readonly Declared[], outputs: readonly Declared[]): Uint8Array<ArrayBuffer> {
    const needed = new Set(outputs.map(({ name }) => name));
    const isNeeded = (node: NodeProto) => {
      if (!node.output.some((name) => needed.has(name))) return false;
      for (const name of node.input) needed.add(name);
      return true;
    };
    this.#graph.node = this.#graph.node.reverse().filter(isNeeded).reverse();
    this.#graph.initializer = this.#graph.initializer.filter(({ name }) => needed.has(name));
    this.#graph.input = inputs.map(info);
    this.#graph.output = outputs.map(info);
    const model = create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: 'latentfill',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: this.#graph,
    });
    return toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
  }
}

function info({ name, type, dims }: Declared) {
  const dim = dims.map((size) =>
    typeof size === 'string'
      ? { value: { case: 'dimParam' as const, value: size } }
      : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  const tensorType = { elemType: type, shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
}
