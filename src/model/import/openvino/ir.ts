/**
 * @file OpenVINO's intermediate representation: the layers of its XML file, and the edges between their ports
 * (docs.openvino.ai, "OpenVINO IR format"). Browser-safe.
 */

import { parseXml, type XmlDocument, XmlElement } from '@rgrove/parse-xml';
import { LatentfillError } from '../../../base/errors.ts';

/** An output of a layer, or an input's place. Sizes that the file leaves open are −1. */
export interface Port {
  readonly id: string;
  readonly dims: readonly number[];
  /** The element type by OpenVINO's name, as 'FP32' or 'I64'. */
  readonly precision: string;
}

/** An input of a layer, with where its value comes from. */
export interface InputPort extends Port {
  readonly layer: Layer;
  readonly port: Port;
}

export interface Layer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The attributes of the operator, as text. */
  readonly data: Readonly<Record<string, string>>;
  readonly inputs: readonly InputPort[];
  readonly outputs: readonly Port[];
}

/** Characters of a file at most: the layers of a network with thousands of them take some megabytes. */
const MOST_TEXT = 64_000_000;

/** A layer and what is wrong with it, in one sentence. */
export function layerError({ name, type }: Pick<Layer, 'name' | 'type'>, expected: string, got: string) {
  return new LatentfillError(
    'network',
    `Expected ${expected} in the layer '${name}' (${type}), got ${got}: export the network to ONNX where it was made, and import that.`,
  );
}

/**
 * The layers that the results need, each after those that it takes its inputs from.
 * @throws LatentfillError for text that is no IR, edges that lead nowhere, and circles.
 */
export function readLayers(xml: string): Layer[] {
  const net = rootOf(xml);
  const layers = new Map(childrenOf(child(net, 'layers'), 'layer').map((element) => [idOf(element), element]));
  const sources = new Map<string, readonly [layer: string, port: string]>();
  for (const { attributes: a } of childrenOf(child(net, 'edges'), 'edge')) {
    sources.set(`${a['to-layer']}:${a['to-port']}`, [a['from-layer'] ?? '', a['from-port'] ?? '']);
  }
  const done = new Map<string, Layer>();
  const open = new Set<string>();
  const stack = [...layers].flatMap(([id, element]) => (element.attributes.type === 'Result' ? [id] : [])).reverse();
  if (stack.length === 0) throw damaged('a layer of type Result', 'none');
  while (stack.length > 0) {
    const id = stack.at(-1)!;
    const element = layers.get(id)!;
    const wanted = portsOf(element, 'input').map((port) => {
      const source = sources.get(`${id}:${port.id}`);
      if (source && layers.has(source[0])) return { port, source };
      throw damaged(
        `an edge to port ${port.id} of the layer '${nameOf(element)}'`,
        source ? 'one from nowhere' : 'none',
      );
    });
    const missing = wanted.filter(({ source }) => !done.has(source[0]));
    if (done.has(id) || missing.length === 0) {
      stack.pop();
      if (done.has(id)) continue;
      open.delete(id);
      const inputs = wanted.map(({ port, source: [from, at] }) => {
        const layer = done.get(from)!;
        const output = layer.outputs.find((each) => each.id === at);
        if (output) return { ...port, layer, port: output };
        throw damaged(`an output ${at} of the layer '${layer.name}'`, 'none');
      });
      done.set(id, layerOf(id, element, inputs));
    } else if (open.has(id)) throw damaged('layers without circles', `one through '${nameOf(element)}'`);
    else {
      open.add(id);
      stack.push(...missing.map(({ source }) => source[0]));
    }
  }
  return [...done.values()];
}

function rootOf(xml: string): XmlElement {
  if (xml.length > MOST_TEXT) throw damaged(`at most ${MOST_TEXT / 1e6} MB of XML`, `${xml.length} characters`);
  let document: XmlDocument;
  try {
    document = parseXml(xml);
  } catch (cause) {
    const [why] = cause instanceof RangeError ? ['too deep a nesting'] : (cause as Error).message.split('\n');
    throw damaged('XML', `text that is none (${why!.replace(/\.$/, '')})`, cause);
  }
  const { root } = document;
  if (root?.name !== 'net') throw damaged('a <net> of layers and edges', root ? `<${root.name}>` : 'nothing');
  const version = Number(root.attributes.version);
  if (version >= 10 && version < 12) return root;
  throw damaged('version 10 or 11 of the format', `version '${root.attributes.version ?? 'none'}'`);
}

function layerOf(id: string, element: XmlElement, inputs: readonly InputPort[]): Layer {
  const data = childrenOf(element, 'data')[0]?.attributes ?? {};
  const type = element.attributes.type ?? '';
  return { id, name: nameOf(element), type, data, inputs, outputs: portsOf(element, 'output') };
}

function portsOf(element: XmlElement, side: 'input' | 'output'): Port[] {
  return childrenOf(childrenOf(element, side)[0], 'port').map((port) => ({
    id: idOf(port),
    precision: port.attributes.precision ?? '',
    dims: childrenOf(port, 'dim').map(({ text }) => (/^\s*\d{1,15}\s*$/.test(text) ? Number(text) : -1)),
  }));
}

const idOf = ({ attributes }: XmlElement) => attributes.id ?? '';
const nameOf = (element: XmlElement) => element.attributes.name ?? `layer ${idOf(element)}`;

function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return (element?.children ?? []).filter((each) => each instanceof XmlElement && each.name === name) as XmlElement[];
}

function child(net: XmlElement, name: string): XmlElement {
  return childrenOf(net, name)[0] ?? missing(`<${name}> in <net>`);
}

function missing(what: string): never {
  throw damaged(what, 'none');
}

function damaged(expected: string, got: string, cause?: unknown): LatentfillError {
  return new LatentfillError(
    'network',
    `Expected ${expected} in the OpenVINO file, got ${got}: download or convert the network again.`,
    { cause },
  );
}
