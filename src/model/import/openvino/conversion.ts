/** @file One layer as its converter sees it: names of its inputs and outputs in ONNX, and its constants. Browser-safe. */

import type { Attribute } from '../../../graph/onnx/attributes.ts';
import { count } from '../../../graph/value.ts';
import type { OnnxBuilder } from '../onnx-builder.ts';
import { type Constant, computedType, constantOf, numbersOf, sizesOf } from './elements.ts';
import { type InputPort, type Layer, layerError } from './ir.ts';

/** State that the layers of one network share. */
export interface Network {
  readonly builder: OnnxBuilder;
  readonly weights: Uint8Array;
  /** The ONNX names of outputs, by layer and port. */
  readonly names: Map<string, string>;
  /** The layers whose values have a batch axis: all that depend on a Parameter other than by its shape. */
  readonly batched: Set<string>;
}

export const portKey = (layer: Layer, port: { readonly id: string }) => `${layer.id}:${port.id}`;

/** A layer that is being converted. */
export class Call {
  readonly layer: Layer;
  readonly #network: Network;

  constructor(layer: Layer, network: Network) {
    this.layer = layer;
    this.#network = network;
  }

  get builder(): OnnxBuilder {
    return this.#network.builder;
  }

  /** Throws: what was expected of the layer, and what it has. */
  refuse(expected: string, got: string): never {
    throw layerError(this.layer, expected, got);
  }

  port(k: number): InputPort {
    return this.layer.inputs[k] ?? this.refuse(`an input ${k}`, 'none');
  }

  /** The sizes of input k at the batch size of the file. */
  dims(k: number): readonly number[] {
    return this.port(k).port.dims;
  }

  /** Whether input k has a batch axis. */
  isBatched(k: number): boolean {
    return this.#network.batched.has(this.port(k).layer.id);
  }

  /** The name of input k. A constant is written when it is first used. */
  input(k: number): string {
    const { layer, port } = this.port(k);
    const known = this.#network.names.get(portKey(layer, port));
    if (known !== undefined) return known;
    const constant = constantOf(layer, this.#network.weights);
    const name = this.write(layer.name, constant, constant.dims);
    this.#network.names.set(portKey(layer, port), name);
    return name;
  }

  inputs(): string[] {
    return this.layer.inputs.map((_, k) => this.input(k));
  }

  /** A constant as it is stored, with a cast to the type that is computed with where that is another. */
  write(name: string, { stored, computed, view }: Constant, dims: readonly number[]): string {
    const raw = this.builder.weights(name, stored, dims, view);
    return stored === computed ? raw : this.make('Cast', [raw], { to: BigInt(computed) });
  }

  /** Input k where it is a constant, also behind a Convert. */
  constant(k: number): Constant | undefined {
    let { layer } = this.port(k);
    while (layer.type === 'Convert' && layer.inputs[0]) layer = layer.inputs[0].layer;
    return layer.type === 'Const' ? constantOf(layer, this.#network.weights) : undefined;
  }

  /** The numbers of input k, which must be constant. */
  numbers(k: number): number[] {
    const constant = this.constant(k) ?? this.refuse(`a constant as input ${k}`, 'a computed value');
    if (count(constant.dims) > 4096) this.refuse(`at most 4096 numbers as input ${k}`, `${count(constant.dims)}`);
    return numbersOf(constant);
  }

  /** The one number of input k. */
  number(k: number): number {
    const numbers = this.numbers(k);
    return numbers.length === 1 ? numbers[0]! : this.refuse(`one number as input ${k}`, `${numbers.length}`);
  }

  /** An attribute as text. */
  text(name: string, otherwise: string): string {
    return this.layer.data[name] ?? otherwise;
  }

  flag(name: string, otherwise = false): boolean {
    return /^(true|1)$/i.test(this.text(name, `${otherwise}`));
  }

  int(name: string): number {
    const text = this.text(name, '');
    return /^\s*-?\d{1,15}\s*$/.test(text) ? Number(text) : this.refuse(`a whole number as '${name}'`, `'${text}'`);
  }

  sizes(name: string): number[] {
    return sizesOf(this.layer, name);
  }

  /** The computed type of output k, as a TensorProto.DataType. */
  type(k = 0): number {
    return computedType(this.layer, this.layer.outputs[k]?.precision ?? '');
  }

  /** The value of a node that only this layer needs. */
  make(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const name = this.builder.unique(`${this.layer.name}/${opType}`);
    this.builder.node(opType, inputs, [name], attributes);
    return name;
  }

  /** The node that gives the outputs of this layer. */
  yield(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): void {
    const { layer } = this;
    const outputs = layer.outputs.map((port, k) => {
      const name = this.builder.unique(k === 0 ? layer.name : `${layer.name}.${k}`);
      this.#network.names.set(portKey(layer, port), name);
      return name;
    });
    this.builder.node(opType, inputs, outputs, attributes);
  }

  /** Makes `name` the value of this layer's output, without a node. */
  alias(name: string): void {
    for (const port of this.layer.outputs) this.#network.names.set(portKey(this.layer, port), name);
  }
}
