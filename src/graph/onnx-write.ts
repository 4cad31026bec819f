/** @file From a graph to the bytes of an ONNX model. */

import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { dataTypes, onnxNodes } from './onnx-nodes.ts';
import { type Data, dtypeOfData, is, topological, type Value } from './value.ts';

const OPSET = 18n;
const IR_VERSION = 9n; // the one that came with opset 18

/** Settings of {@link writeOnnx}. */
export interface WriteOptions {
  /** A name for the leading size of every input and output, so that others may run the model at any batch size. */
  batch?: string;
}

/**
 * An ONNX model (opset 18) with these outputs; its inputs are the graph's. Weights are viewed, not copied, until the
 * one copy into the result.
 */
export function writeOnnx(
  outputs: Readonly<Record<string, Value>>,
  options: WriteOptions = {},
): Uint8Array<ArrayBuffer> {
  const order = topological(Object.values(outputs));
  const tensors = new Tensors();
  const names = new Map<Value, string>();
  const nodes = [];
  for (const [i, value] of order.entries()) {
    if (is(value, 'Input')) names.set(value, value.attrs.name);
    else if (is(value, 'Constant')) names.set(value, tensors.add(value.attrs.data, value.shape));
    else {
      names.set(value, `v${i}`);
      nodes.push(nodeOf(value, names, tensors, options.batch !== undefined));
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
    opsetImport: [{ domain: '', version: OPSET }],
    graph,
  });
  return toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
}

function nodeOf(value: Value, names: Map<Value, string>, tensors: Tensors, anyBatch: boolean) {
  const { as = value.op, write } = onnxNodes[value.op as keyof typeof onnxNodes];
  const { attributes = {}, tensors: extra = [] } = write(value.attrs as never, value.inputs);
  const batched = anyBatch && is(value, 'Reshape') && value.shape[0] === value.inputs[0]!.shape[0];
  const ints = batched ? [[-1, ...value.shape.slice(1)]] : extra;
  return create(NodeProtoSchema, {
    opType: as,
    name: names.get(value)!,
    input: [...value.inputs.map((x) => names.get(x)!), ...ints.map((xs) => tensors.ints(xs))],
    output: [names.get(value)!],
    attribute: Object.entries(attributes).map(([name, x]) => attribute(name, x)),
  });
}

function attribute(name: string, x: number | bigint | readonly number[]) {
  const type = AttributeProto_AttributeType;
  if (typeof x === 'bigint') return create(AttributeProtoSchema, { name, type: type.INT, i: x });
  if (typeof x === 'number') return create(AttributeProtoSchema, { name, type: type.FLOAT, f: x });
  return create(AttributeProtoSchema, { name, type: type.INTS, ints: x.map(BigInt) });
}

function info(name: string, { dtype, shape }: Value, batch: string | undefined) {
  const dim = shape.map((size, axis) =>
    axis === 0 && batch !== undefined
      ? { value: { case: 'dimParam' as const, value: batch } }
      : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  const tensorType = { elemType: dataTypes[dtype], shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
}

/** The model's initialisers: data that is shared, or small and equal, is written once. */
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
  ints(values: readonly number[]): string {
    const key = `${values}`;
    const data = this.#ints.get(key) ?? BigInt64Array.from(values, BigInt);
    this.#ints.set(key, data);
    return this.add(data, [values.length]);
  }
}
