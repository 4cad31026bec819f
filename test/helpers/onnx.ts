/** @file ONNX models made by hand, as other tools write them: what the reader is tested with. */

import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';

/** bigint: an integer; number: a float; lists likewise; a tensor or a graph as they are. */
export type Attribute =
  | bigint
  | number
  | string
  | readonly bigint[]
  | readonly number[]
  | readonly string[]
  | TensorProto
  | GraphProto;

/** A node: `outputs = op(inputs)`. */
export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  readonly name?: string;
}

/** Sizes, symbols as text. */
export type Dims = readonly (number | string)[];

export interface GraphSpec {
  readonly inputs: Readonly<Record<string, Dims>>;
  readonly nodes: readonly NodeSpec[];
  readonly outputs: readonly string[];
  readonly tensors?: readonly TensorProto[];
  /** Element types of inputs that are not float32. */
  readonly types?: Readonly<Record<string, number>>;
  /** Shapes that the file declares for other names. */
  readonly declared?: Readonly<Record<string, Dims>>;
}

export interface ModelSpec extends GraphSpec {
  readonly opset?: number;
  readonly domains?: Readonly<Record<string, number>>;
  readonly functions?: readonly (Omit<GraphSpec, 'inputs'> & {
    readonly name: string;
    readonly domain: string;
    readonly inputs: readonly string[];
  })[];
}

export function int64(values: readonly number[], dims: readonly number[] = [values.length], name = ''): TensorProto {
  const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: 7, rawData });
}

export function float32(values: ArrayLike<number>, dims: readonly number[] = [values.length], name = ''): TensorProto {
  const rawData = new Uint8Array(Float32Array.from(values).buffer);
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: 1, rawData });
}

export function bool(values: readonly number[], dims: readonly number[] = [values.length], name = ''): TensorProto {
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: 9, rawData: Uint8Array.from(values) });
}

/** The bytes of a model. */
export function onnxModel(spec: ModelSpec): Uint8Array<ArrayBuffer> {
  const { opset = 18, domains = {}, functions = [] } = spec;
  const sets = { '': opset, ...domains, ...Object.fromEntries(functions.map(({ domain }) => [domain, 1])) };
  const opsetImport = Object.entries(sets).map(([domain, version]) => ({ domain, version: BigInt(version) }));
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(opset > 18 ? 10 : 8),
    opsetImport,
    graph: onnxGraph(spec),
    functions: functions.map(({ name, domain, inputs, outputs, nodes }) =>
      create(FunctionProtoSchema, {
        name,
        domain,
        input: [...inputs],
        output: [...outputs],
        node: nodes.map(nodeOf),
        opsetImport,
      }),
    ),
  });
  return toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
}

/** A graph alone: the branch of an If. */
export function onnxGraph({ inputs, nodes, outputs, tensors = [], types = {}, declared = {} }: GraphSpec): GraphProto {
  return create(GraphProtoSchema, {
    name: 'graph',
    node: nodes.map(nodeOf),
    initializer: [...tensors],
    input: Object.entries(inputs).map(([name, dims]) => info(name, types[name] ?? 1, dims)),
    output: outputs.map((name) => info(name, types[name] ?? 1, declared[name])),
    valueInfo: Object.entries(declared).map(([name, dims]) => info(name, types[name] ?? 1, dims)),
  });
}

function nodeOf({ op, inputs, outputs, attributes = {}, domain = '', name = '' }: NodeSpec) {
  return create(NodeProtoSchema, {
    opType: op,
    domain,
    name,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
  });
}

function attribute(name: string, value: Attribute) {
  if (typeof value === 'bigint') return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: value });
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
  const utf8 = (text: string) => new TextEncoder().encode(text);
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: utf8(value) });
  if (Array.isArray(value)) {
    if (typeof value[0] === 'string') {
      return create(AttributeProtoSchema, {
        name,
        type: AttributeType.STRINGS,
        strings: (value as string[]).map(utf8),
      });
    }
    return typeof value[0] === 'number'
      ? create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: value as number[] })
      : create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value as bigint[] });
  }
  return (value as TensorProto | GraphProto).$typeName === 'onnx.TensorProto'
    ? create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: value as TensorProto })
    : create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value as GraphProto });
}

function info(name: string, elemType: number, dims: Dims | undefined) {
  const dim = dims?.map((size) => ({
    value:
      typeof size === 'string'
        ? { case: 'dimParam' as const, value: size }
        : { case: 'dimValue' as const, value: BigInt(size) },
  }));
  const tensorType = dim ? { elemType, shape: { dim } } : { elemType };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
}
