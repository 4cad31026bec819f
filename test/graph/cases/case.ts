/** @file One node of ONNX as a case: its model, what it is fed, and how far its gradient is checked. */

import type { TensorProto } from 'onnx-buf';
import { noise } from '../../helpers/noise.ts';
import { type Attribute, onnxModel } from '../../helpers/onnx.ts';

export interface Case {
  readonly op: string;
  readonly name: string;
  /** The operator set that the node is written for. */
  readonly opset: number;
  /** The node as a file. Its float inputs are x0, x1, …; its output is y. */
  readonly model: () => Uint8Array<ArrayBuffer>;
  /** The float inputs' data by name; gradients are taken with respect to all of them. */
  readonly feeds: Readonly<Record<string, Float32Array>>;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Gradients are checked up to this order; 0: the operator has none. */
  readonly order: 0 | 1 | 2;
  /** False where ONNX Runtime itself has no kernel for the node to be held against. */
  readonly native: boolean;
}

/** The shape of a float input, a tensor that is part of the file, or nothing. */
type Entry = readonly number[] | TensorProto | null;

interface Options {
  readonly opset?: number;
  /** Inputs are drawn uniformly from here; keep kinks and poles out. @default [-1, 1] */
  readonly range?: readonly [number, number];
  readonly order?: 0 | 1 | 2;
  readonly native?: boolean;
  /** Which of the node's outputs y is. @default 0 */
  readonly output?: number;
  /** How many outputs the node names. @default output + 1 */
  readonly outputs?: number;
}

/** A case of operator `op`; what it yields is taken as float32. */
export function node(
  op: string,
  entries: readonly Entry[],
  attributes: Readonly<Record<string, Attribute>> = {},
  options: Options = {},
): Case {
  const { opset = 18, range = [-1, 1], order = 2, native = true, output = 0, outputs: named = output + 1 } = options;
  const isShape = (entry: Entry): entry is readonly number[] => Array.isArray(entry);
  const names = entries.map((entry, i) => (entry === null ? '' : isShape(entry) ? `x${i}` : `c${i}`));
  const shapes = Object.fromEntries(entries.flatMap((entry, i) => (isShape(entry) ? [[names[i]!, entry]] : [])));
  const name = [
    op,
    ...entries.map((entry) => (entry === null ? '_' : isShape(entry) ? `[${entry}]` : fixed(entry))),
    describe(attributes),
    `opset ${opset}`,
    range,
  ].join(' ');
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([key, shape]) => [
      key,
      noise(
        `${name} ${key}`,
        shape.reduce((a, b) => a * b, 1),
        range[0],
        range[1],
      ),
    ]),
  );
  const tensors = entries.flatMap((entry, i) => (entry && !isShape(entry) ? [{ ...entry, name: names[i]! }] : []));
  const outputs = Array.from({ length: named }, (_, i) => (i === output ? 'made' : `other${i}`));
  const model = () =>
    onnxModel({
      inputs: shapes,
      tensors,
      outputs: ['y'],
      opset,
      nodes: [
        { op, inputs: names, outputs, attributes },
        { op: 'Cast', inputs: ['made'], outputs: ['y'], attributes: { to: 1n } },
      ],
    });
  return { op, name, opset, model, feeds, shapes, order, native };
}

function fixed({ dims, rawData, dataType }: TensorProto): string {
  const buffer = new Uint8Array(rawData).buffer;
  const values = dataType === 7 ? new BigInt64Array(buffer) : dataType === 1 ? new Float32Array(buffer) : rawData;
  return `{${values.slice(0, 4)}: ${dims}}`;
}

function describe(attributes: Readonly<Record<string, Attribute>>): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${typeof value === 'object' && '$typeName' in value ? 'tensor' : value}`)
    .join(' ');
}

/** The same node on several inputs. */
export function over(
  op: string,
  inputs: readonly (readonly Entry[])[],
  attributes: Readonly<Record<string, Attribute>> = {},
  options: Options = {},
): Case[] {
  return inputs.map((entries) => node(op, entries, attributes, options));
}
