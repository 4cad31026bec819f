/** @file From the bytes of an ONNX model to a graph. */

import { fromBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import { LatentfillError } from '../base/errors.ts';
import { dtypeOf, type OnnxAttributes, onnxNodes } from './onnx-nodes.ts';
import { constant, type Data, input, is, type Shape, type Value } from './value.ts';

/** Settings of {@link readOnnx}. */
export interface ReadOptions {
  /** Shapes for inputs, by name: they settle symbolic sizes and may change the batch size. */
  inputShapes?: Readonly<Record<string, Shape>>;
  /** Values to put in place of inputs, by name: the model becomes part of their graph. */
  inputs?: Readonly<Record<string, Value>>;
}

/** A model as a graph: values by the names of its inputs and outputs. */
export interface OnnxGraph {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
}

/**
 * Reads an ONNX model whose operators this project knows (opset 18, as {@link writeOnnx} writes). Weights stay views
 * into `bytes` where their alignment allows.
 * @throws LatentfillError for bytes that are no model, an unknown operator (its node is named) or sizes still unknown.
 */
export function readOnnx(bytes: Uint8Array, { inputShapes = {}, inputs: given = {} }: ReadOptions = {}): OnnxGraph {
  const graph = decode(bytes);
  const values = new Map<string, Value>();
  for (const tensor of graph.initializer) values.set(tensor.name, constantOf(tensor));
  const inputs: Record<string, Value> = {};
  for (const { name, type } of graph.input) {
    if (values.has(name) || type?.value.case !== 'tensorType') continue;
    const { elemType, shape } = type.value.value;
    const sizes =
      inputShapes[name] ?? shape?.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : -1));
    if (!given[name] && (!sizes || sizes.includes(-1))) {
      throw new LatentfillError(
        `Expected known sizes for the model's input '${name}', got symbolic ones: give inputShapes.`,
      );
    }
    inputs[name] = given[name] ?? input(name, sizes!, dtypeOf(elemType));
    values.set(name, inputs[name]);
  }
  for (const node of graph.node) values.set(node.output[0]!, valueOfNode(node, values));
  const outputs = Object.fromEntries(graph.output.map(({ name }) => [name, find(values, name, 'the graph')]));
  return { inputs, outputs };
}

function decode(bytes: Uint8Array) {
  try {
    const { graph } = fromBinary(ModelProtoSchema, bytes);
    if (graph && graph.output.length > 0) return graph;
  } catch {
    // told below, with what to do
  }
  throw new LatentfillError(
    `Expected an ONNX model, got ${bytes.length} bytes that are none: export or download it again.`,
  );
}

function find(values: Map<string, Value>, name: string, user: string): Value {
  const value = values.get(name);
  if (!value)
    throw new LatentfillError(`Expected '${name}' to be made before ${user} uses it: the model's file is damaged.`);
  return value;
}

function valueOfNode(node: NodeProto, values: Map<string, Value>): Value {
  const label = `node '${node.name || node.output[0]}' (${node.opType})`;
  if (!Object.hasOwn(onnxNodes, node.opType) || node.domain !== '') {
    throw new LatentfillError(
      `Expected operators that latentfill knows, got ${label}: see docs/how-it-works.md for those it has.`,
    );
  }
  const inputs = node.input.map((name) => (name === '' ? undefined : find(values, name, label)));
  const isTensor = (x: Value | undefined): x is Value => x !== undefined && x.dtype !== 'int64';
  const firstInt = inputs.findIndex((x) => x?.dtype === 'int64');
  const tensors = firstInt < 0 ? [] : inputs.slice(firstInt).map((x) => (x ? ints(x, label) : undefined));
  const { read } = onnxNodes[node.opType as keyof typeof onnxNodes];
  return read(
    inputs.filter(isTensor),
    Object.fromEntries(node.attribute.map((a) => [a.name, attributeOf(a)])),
    tensors,
  );
}

function attributeOf(a: AttributeProto): OnnxAttributes[string] {
  if (a.type === AttributeProto_AttributeType.INTS) return a.ints.map(Number);
  return a.type === AttributeProto_AttributeType.FLOAT ? a.f : a.i;
}

function ints(x: Value, label: string): number[] {
  if (!is(x, 'Constant'))
    throw new LatentfillError(`Expected sizes that are constants at ${label}, got computed ones.`);
  return Array.from(x.attrs.data as BigInt64Array, Number);
}

function constantOf({ name, dataType, dims, rawData, floatData }: TensorProto): Value {
  const shape = dims.map(Number);
  if (floatData.length > 0) return constant(Float32Array.from(floatData), shape);
  const dtype = dtypeOf(dataType);
  if (!dtype)
    throw new LatentfillError(`Expected float32, float16, int64 or bool for tensor '${name}', got type ${dataType}.`);
  const types = { float32: Float32Array, float16: Uint16Array, int64: BigInt64Array, bool: Uint8Array };
  const type = types[dtype];
  const aligned = rawData.byteOffset % type.BYTES_PER_ELEMENT === 0 ? rawData : new Uint8Array(rawData);
  if (aligned.byteLength % type.BYTES_PER_ELEMENT !== 0) {
    throw new LatentfillError(`Expected whole ${dtype} elements in tensor '${name}': the model's file is damaged.`);
  }
  return constant(
    new type(aligned.buffer, aligned.byteOffset, aligned.byteLength / type.BYTES_PER_ELEMENT) as Data,
    shape,
  );
}
