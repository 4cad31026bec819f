/** @file From a network in OpenVINO's format to an ONNX model of any batch size. Browser-safe. */

import { LatentfillError } from '../../../base/errors.ts';
import { type Declared, OnnxBuilder } from '../onnx-builder.ts';
import { Call, type Network, portKey } from './conversion.ts';
import { computedType, elementOf } from './elements.ts';
import { type Layer, type Port, readLayers } from './ir.ts';
import { operators } from './operators.ts';

/**
 * A network of OpenVINO (IR version 10 or 11) as the bytes of an ONNX model: `xml` is the text of its .xml file,
 * `weights` the bytes of the .bin file beside it. The first axis of each input and output, [1, ...] in such files,
 * becomes a batch of any size. Names of inputs and outputs are kept; floats of every kind are computed in float32, while
 * weights stay as they are stored.
 * @throws LatentfillError for damaged files, weights of another network, and layers that have no converter (the error
 * names them).
 */
export function readOpenVino(xml: string, weights: Uint8Array): Uint8Array {
  if (typeof xml !== 'string' || !(weights instanceof Uint8Array)) {
    throw new LatentfillError(
      'options',
      `Expected the text of an .xml file and the bytes of its .bin file, got ${typeof xml} and ${typeof weights}: read the first as text and the second as bytes.`,
    );
  }
  const network: Network = { builder: new OnnxBuilder(), weights, names: new Map(), batched: new Set() };
  const inputs: Declared[] = [];
  const outputs: Declared[] = [];
  for (const layer of readLayers(xml)) {
    const follows = layer.type !== 'ShapeOf' && layer.inputs.some((from) => network.batched.has(from.layer.id));
    if (layer.type === 'Parameter' || follows) network.batched.add(layer.id);
    if (layer.type === 'Parameter') inputs.push(parameter(layer, network));
    else if (layer.type === 'Result') outputs.push(result(new Call(layer, network), outputs));
    else if (layer.type !== 'Const') convert(new Call(layer, network)); // constants are written where they are used
  }
  return network.builder.finish(inputs, outputs);
}

function convert(call: Call): void {
  const { type, name } = call.layer;
  const converter = Object.hasOwn(operators, type) ? operators[type] : undefined;
  if (converter) converter(call);
  else
    throw new LatentfillError(
      'network',
      `Expected layers of known types, got '${name}' of type ${type}: export the network to ONNX where it was made, and import that.`,
    );
}

function parameter(layer: Layer, { builder, names }: Network): Declared {
  const port = layer.outputs[0] ?? { id: '0', dims: [], precision: '' };
  const name = builder.unique(layer.name);
  names.set(portKey(layer, port), name);
  return { name, type: elementOf(layer, layer.data.element_type).computed, dims: openDims(name, port) };
}

/** A result is called by the layer that it takes its value from; any other value gets that name by an Identity. */
function result(call: Call, others: readonly Declared[]): Declared {
  const { layer, port } = call.port(0);
  const value = call.input(0);
  const taken =
    layer.type === 'Parameter' ||
    layer.type === 'Const' ||
    value !== layer.name ||
    others.some(({ name }) => name === value);
  const name = taken ? call.builder.unique(layer.name) : value;
  if (taken) call.builder.node('Identity', [value], [name]);
  return { name, type: computedType(layer, port.precision), dims: openDims(name, port) };
}

/** The sizes of a port, with a batch of any size, and symbols for what the file leaves open. */
function openDims(name: string, { dims }: Port): (number | string)[] {
  return dims.map((size, axis) => (axis === 0 && dims.length > 1 ? 'batch' : size < 0 ? `${name}.${axis}` : size));
}
