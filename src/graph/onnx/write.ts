/** @file From a graph to the bytes of an ONNX model. */

import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { OpaqueAttrs } from '../ops.ts';
import { type Data, dtypeOfData, is, topological, type Value } from '../value.ts';
import { attributeProtos } from './attributes.ts';
import { lower } from './lower.ts';
import { onnxNodes } from './nodes.ts';
import { dataTypes } from './tensors.ts';

const OPSET = 18;
const IR_VERSION = 10n; // known to every runtime since 2024, and enough for opset 18 to 22

/** Settings of {@link writeOnnx}. */
export interface WriteOptions {
  /** A symbolic name for the leading size of every input and output, so that the model can run at any batch size. */
  batch?: string;
}

/**
 * An ONNX model (opset 18) with these outputs; its inputs are the graph's. Weights are copied once, into the result.
 */
export function writeOnnx(given: Readonly<Record<string, Value>>, options: WriteOptions = {}): Uint8Array<ArrayBuffer> {
  const outputs = lower(given);
  const order = topological(Object.values(outputs));
  const tensors = new Tensors();
  const names = new Map<Value, string>();
  const nodes = [];
  for (const [i, value] of order.entries()) {
    if (is(value, 'Input')) names.set(value, value.attrs.name);
    else if (is(value, 'Constant')) names.set(value, tensors.add(value.attrs.data, value.shape));
    else if (is(value, 'OpaqueOutput')) names.set(value, outputName(names.get(value.inputs[0]!)!, value.attrs.index));
    else {
      names.set(value, `v${i}`);
      nodes.push(is(value, 'Opaque') ? opaqueNode(value, names) : nodeOf(value, names, tensors, options));
    }
  }
  for (const [name, value] of Object.entries(outputs)) {
    nodes.push(create(NodeProtoSchema, { opType: 'Identity', input: [names.get(value)!], output: [name] }));
  }
  const graph = create(GraphProtoSchema, {
    name: 'latentfill',
    node: nodes,
    initializer: tensors.all,
    input: order.flatMap((value) => (is(value, 'Input') ? [info(value.attrs.name, value, options.batch)] : [])),
    output: Object.entries(outputs).map(([name, value]) => info(name, value, options.batch)),
  });
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'latentfill',
    opsetImport: [...opsetsOf(order)].map(([domain, version]) => ({ domain, version: BigInt(version) })),
    graph,
  });
  return toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
}

/** The operator sets that the graph needs: opset 18, and those of its opaque operators. */
function opsetsOf(order: readonly Value[]): Map<string, number> {
  const opsets = new Map([['', OPSET]]);
  for (const value of order) {
    if (!is(value, 'Opaque')) continue;
    const { domain, version } = value.attrs;
    opsets.set(domain, Math.max(version, opsets.get(domain) ?? 0));
  }
  return opsets;
}

function nodeOf(value: Value, names: Map<Value, string>, tensors: Tensors, { batch }: WriteOptions) {
  const { as = value.op, output = 0, write } = onnxNodes[value.op as keyof typeof onnxNodes];
  const { attributes = {}, tensors: extra = [] } = write?.(value.attrs as never, value.inputs) ?? {};
  const sameBatch = batch !== undefined && value.shape[0] === value.inputs[0]?.shape[0];
  // The leading size that fits any batch: −1 lets Reshape infer it, 1 lets Expand keep its input's.
  const anyBatch = sameBatch && (is(value, 'Reshape') ? -1 : is(value, 'Expand') ? 1 : 0);
  const ints = anyBatch ? [[anyBatch, ...value.shape.slice(1)]] : extra;
  const scalars = as === 'CumSum'; // takes its axis as a scalar
  return create(NodeProtoSchema, {
    opType: as,
    name: names.get(value)!,
    input: [...value.inputs.map((x) => names.get(x)!), ...ints.map((xs) => tensors.ints(xs, scalars))],
    output: [...Array.from({ length: output }, (_, i) => `${names.get(value)}.${i}`), names.get(value)!],
    attribute: attributeProtos(attributes),
  });
}

function opaqueNode(value: Value & { readonly attrs: OpaqueAttrs }, names: Map<Value, string>) {
  const { opType, domain, attributes, places, outputs } = value.attrs;
  const name = names.get(value)!;
  const inputs = new Array<string>(Math.max(0, ...places.map((place) => place + 1))).fill('');
  for (const [i, place] of places.entries()) inputs[place] = names.get(value.inputs[i]!)!;
  return create(NodeProtoSchema, {
    opType,
    domain,
    name,
    input: inputs,
    output: Array.from({ length: outputs }, (_, i) => outputName(name, i)),
    attribute: attributes as AttributeProto[],
  });
}

const outputName = (node: string, index: number) => (index === 0 ? node : `${node}.${index}`);

function info(name: string, { dtype, shape }: Value, batch: string | undefined) {
  const dim = shape.map((size, axis) =>
    axis === 0 && batch !== undefined
      ? { value: { case: 'dimParam' as const, value: batch } }
      : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  const tensorType = { elemType: dataTypes[dtype], shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
}

/** The model's initialisers. Shared data, and small data of equal content, is written once. */
class Tensors {
  readonly all: TensorProto[] = [];
  readonly #known = new Map<unknown, TensorProto>();
  readonly #ints = new Map<string, BigInt64Array>();

  add(data: Data, dims: readonly number[]): string {
    const key = data.length === 1 ? `${data.constructor.name} ${data[0]} [${dims}]` : data;
    const known = this.#known.get(key);
    if (known?.dims.length === dims.length && known.dims.every((n, i) => Number(n) === dims[i])) return known.name;
    const name = `t${this.all.length}`;
    const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    const dataType = dataTypes[dtypeOfData(data)];
    const made = create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData });
    this.all.push(made);
    this.#known.set(key, made);
    return name;
  }

  /** Sizes and axes: equal lists are one tensor. */
  ints(values: readonly number[], scalar = false): string {
    const key = `${values}`;
    const data = this.#ints.get(key) ?? BigInt64Array.from(values, BigInt);
    this.#ints.set(key, data);
    return this.add(data, scalar ? [] : [values.length]);
  }
}
