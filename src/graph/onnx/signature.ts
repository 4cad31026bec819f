/** @file The signature of an ONNX file: what it declares, whatever its operators. */

import type { TensorProto, ValueInfoProto } from 'onnx-buf';
import { decodeModel, isStandard } from './decode.ts';

/** An input or output. Each size is a number, a symbol's name, or null where the file does not say. */
export interface Port {
  readonly name: string;
  /** Its element type by ONNX's name, in lower case; 'unknown' for anything but a tensor. */
  readonly type: string;
  /** null: even the rank is unknown. */
  readonly shape: readonly (number | string | null)[] | null;
}

/** The result of {@link onnxSignature}. */
export interface OnnxSignature {
  /** Version of the standard operators. */
  readonly opset: number;
  /** The program that wrote the file, with its version; '' where the file does not say. */
  readonly producer: string;
  /** Inputs that must be fed, so without the initialisers that some files list as inputs. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Number of nodes of each operator, most frequent first; operators of other domains as `domain.Operator`. */
  readonly operators: Readonly<Record<string, number>>;
  /** Number of floating-point weights in the file, and their size as stored. */
  readonly parameters: { readonly count: number; readonly bytes: number };
}

// Indexed by TensorProto.DataType; `bits` per element where that is fixed.
const types: readonly (readonly [name: string, bits: number])[] = [
  ['unknown', 0],
  ['float32', 32],
  ['uint8', 8],
  ['int8', 8],
  ['uint16', 16],
  ['int16', 16],
  ['int32', 32],
  ['int64', 64],
  ['string', 0],
  ['bool', 8],
  ['float16', 16],
  ['float64', 64],
  ['uint32', 32],
  ['uint64', 64],
  ['complex64', 64],
  ['complex128', 128],
  ['bfloat16', 16],
];

/** The signature of a model, whatever its operators. @throws LatentfillError for bytes that are no ONNX model. */
export function onnxSignature(bytes: Uint8Array): OnnxSignature {
  const { graph, opsetImport, producerName, producerVersion } = decodeModel(bytes);
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const operators = new Map<string, number>();
  for (const { opType, domain } of graph.node) {
    const name = isStandard(domain) ? opType : `${domain}.${opType}`;
    operators.set(name, (operators.get(name) ?? 0) + 1);
  }
  const constants = graph.node.filter(({ opType }) => opType === 'Constant').flatMap(({ attribute }) => attribute);
  const tensors = [...graph.initializer, ...constants.flatMap(({ t }) => t ?? [])].filter(isFloat);
  return {
    opset: Number(opsetImport.find(({ domain }) => isStandard(domain))?.version ?? 0n),
    producer: `${producerName} ${producerVersion}`.trim(),
    inputs: graph.input.filter(({ name }) => !weights.has(name)).map(port),
    outputs: graph.output.map(port),
    operators: Object.fromEntries([...operators].sort(([a, m], [b, n]) => n - m || a.localeCompare(b))),
    parameters: {
      count: total(tensors, elements),
      bytes: total(tensors, (t) => Math.ceil((elements(t) * bits(t)) / 8)),
    },
  };
}

function port({ name, type }: ValueInfoProto): Port {
  if (type?.value.case !== 'tensorType') return { name, type: 'unknown', shape: null };
  const { elemType, shape } = type.value.value;
  const sizes = shape?.dim.map(({ value }) => {
    if (value.case === 'dimValue') return Number(value.value);
    return value.case === 'dimParam' && value.value !== '' ? value.value : null;
  });
  return { name, type: types[elemType]?.[0] ?? `type ${elemType}`, shape: sizes ?? null };
}

const isFloat = ({ dataType }: TensorProto) => /^b?float/.test(types[dataType]?.[0] ?? '');
const bits = ({ dataType }: TensorProto) => types[dataType]?.[1] ?? 0;
const elements = ({ dims }: TensorProto) => dims.reduce((product, size) => product * Number(size), 1);

function total(tensors: readonly TensorProto[], of: (tensor: TensorProto) => number): number {
  return tensors.reduce((sum, tensor) => sum + of(tensor), 0);
}
