/** @file A node of a file as its importer reads it: inputs, attributes, and the number of outputs. */

import type { AttributeProto, GraphProto, TensorProto } from 'onnx-buf';
import { constant, is, type Shape, type Value } from '../value.ts';
import type { Distribution } from './noise.ts';

/** A change of batch size: the file was exported at batch size `from` and is read at batch size `to`. */
export interface Rebatch {
  readonly from: number;
  readonly to: number;
}

/** A fault of a node. Its message, "Expected X, got Y", does not name the node yet. */
export class NodeError extends Error {}

/** The operator is known, but not with these attributes or inputs: the node is kept as an opaque one. */
export class Unsupported extends Error {}

/** Gives the noise of a node. A shape `ofFile` is that of the export, at its own batch size. */
export type Draw = (distribution: Distribution, shape: Shape, from?: { readonly ofFile: boolean }) => Value;

/** A node of which an importer makes values. */
export class Call {
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  /** The version of the operator set that the node was written for. */
  readonly opset: number;
  /** The number of outputs that the node names. */
  readonly outputs: number;
  readonly rebatch: Rebatch | undefined;
  readonly noise: Draw;
  readonly #attributes: ReadonlyMap<string, AttributeProto>;
  /** The attributes that the importer asked for. */
  readonly #asked = new Set<string>();

  constructor(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: ReadonlyMap<string, AttributeProto>,
    { opset, outputs, rebatch, noise }: Pick<Call, 'opset' | 'outputs' | 'rebatch' | 'noise'>,
  ) {
    this.op = op;
    this.inputs = inputs;
    this.#attributes = attributes;
    this.opset = opset;
    this.outputs = outputs;
    this.rebatch = rebatch;
    this.noise = noise;
  }

  /** Input i, which must be there. */
  x(i: number): Value {
    return this.inputs[i] ?? expected(`an input ${i}`, 'none');
  }

  /** All inputs, none left out. */
  all(): Value[] {
    return this.inputs.map((_, i) => this.x(i));
  }

  /** The elements of input i, which must be a constant, as whole numbers; undefined where the input is left out. */
  ints(i: number): number[] | undefined {
    const x = this.inputs[i];
    if (!x) return undefined;
    if (x.dtype !== 'int64') expected(`whole numbers as input ${i}`, x.dtype);
    return Array.from(known(x, i) as BigInt64Array, Number);
  }

  /** The elements of input i, which must be a constant; undefined where the input is left out. */
  floats(i: number): number[] | undefined {
    const x = this.inputs[i];
    return x && Array.from(known(x, i) as ArrayLike<number | bigint>, Number);
  }

  has(name: string): boolean {
    return this.#at(name) !== undefined;
  }

  int(name: string, otherwise: number): number {
    const a = this.#at(name);
    return a ? Number(a.i) : otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.#at(name)?.f ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    const a = this.#at(name);
    return a ? new TextDecoder().decode(a.s) : otherwise;
  }

  texts(name: string): string[] {
    return this.#at(name)?.strings.map((s) => new TextDecoder().decode(s)) ?? [];
  }

  list(name: string): number[] | undefined {
    const a = this.#at(name);
    return a && (a.ints.length > 0 || a.floats.length === 0 ? a.ints.map(Number) : a.floats);
  }

  tensor(name: string): TensorProto | undefined {
    return this.#at(name)?.t;
  }

  graph(name: string): GraphProto {
    return this.#at(name)?.g ?? expected(`a graph as '${name}'`, 'none');
  }

  /** Axes or sizes that older operator sets gave as an attribute and newer ones give as input i. */
  listOrInput(name: string, i: number): number[] | undefined {
    return this.list(name) ?? this.ints(i);
  }

  #at(name: string): AttributeProto | undefined {
    this.#asked.add(name);
    return this.#attributes.get(name);
  }

  /** The attributes that the importer never asked for: the node may mean something else than what was made of it. */
  unread(): string[] {
    return [...this.#attributes.keys()].filter((name) => !this.#asked.has(name));
  }

  get attributes(): readonly AttributeProto[] {
    return [...this.#attributes.values()];
  }
}

/** Throws a {@link NodeError}: what was expected of the node, and what it has. */
export function expected(what: string, got: string): never {
  throw new NodeError(`Expected ${what}, got ${got}`);
}

/** Throws a {@link NodeError} for a constant of more elements than any model needs. */
export function bounded(elements: number): void {
  if (!(elements <= MAX_MADE)) expected(`at most ${MAX_MADE} elements to be made from sizes`, `${elements}`);
}

const MAX_MADE = 2 ** 24;

/** Whole numbers as a constant [n], or [] for one number with `shape` []. */
export function ints(values: readonly number[], shape: readonly number[] = [values.length]): Value {
  return constant(
    BigInt64Array.from(values, (x) => BigInt(x)),
    shape,
  );
}

function known(x: Value, i: number) {
  return is(x, 'Constant') ? x.attrs.data : expected(`input ${i} to be known when the model is read`, 'a computed one');
}
