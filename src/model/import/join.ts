/** @file Two ONNX models as one: what the first gives is fed to the second. Browser-safe. */

import { toBinary } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, type NodeProto } from 'onnx-buf';
import { LatentfillError } from '../../base/errors.ts';
import { type Decoded, decodeModel } from '../../graph/onnx/decode.ts';
import { functionKey } from '../../graph/onnx/scope.ts';
import { onnxSignature, type Port } from '../../graph/onnx/signature.ts';
import { describePort, listPorts } from './port-shapes.ts';

/**
 * Two ONNX models as one, from the first's inputs to the second's outputs: the first's only output becomes the second's
 * only input, for example [N, L] latents → [N, W] styles → [N, 3, H, H] images. The tensor between them is called
 * `name`. Names of the second that the first has too are changed; those of its outputs stay.
 * @throws LatentfillError where one has not just one output or input to join, their shapes differ, or the models use
 * different versions of an operator set.
 */
export function joinOnnx(first: Uint8Array, second: Uint8Array, { name }: { readonly name: string }): Uint8Array {
  const [from] = only(onnxSignature(first).outputs, 'output of the first model');
  const [to] = only(onnxSignature(second).inputs, 'input of the second model');
  if (!fits(from, to)) {
    throw refusal(
      `an input of the second model that takes ${describePort(from)}`,
      describePort(to),
      'join two that belong together',
    );
  }
  const [a, b] = [decodeModel(first), decodeModel(second)];
  const results = b.graph.output.map((output) => output.name);
  if (results.includes(name)) throw refusal('a name that no output has', `'${name}'`, 'choose another');
  const inner = renamer(a.graph, new Map([[from.name, name]]), new Set([name, ...results]));
  rename(a.graph, inner);
  const outer = renamer(b.graph, new Map([[to.name, name]]), new Set([...namesOf(a.graph), name]));
  rename(b.graph, outer);
  merge(a, b, name);
  return toBinary(ModelProtoSchema, a);
}

function only(ports: readonly Port[], what: string): readonly [Port] {
  if (ports.length === 1) return [ports[0]!];
  throw refusal(
    `one ${what}`,
    listPorts(ports),
    'export the networks so that one value goes from the first to the second',
  );
}

/** Whether shapes agree in every size that both state, but for the batch; element types must be equal. */
function fits(from: Port, to: Port): boolean {
  if (from.type !== to.type) return false;
  if (!from.shape || !to.shape) return true;
  const agree = (a: unknown, b: unknown, axis: number) =>
    axis === 0 || typeof a !== 'number' || typeof b !== 'number' || a === b;
  return from.shape.length === to.shape.length && from.shape.every((size, axis) => agree(size, to.shape![axis], axis));
}

/** Adds what the second model has to the first. */
function merge(a: Decoded, b: Decoded, name: string): void {
  for (const { domain, version } of b.opsetImport) {
    const known = a.opsetImport.find((each) => each.domain === domain);
    if (!known) a.opsetImport.push(b.opsetImport.find((each) => each.domain === domain)!);
    else if (known.version !== version) {
      throw refusal(
        `two models of one version of the operators${domain && ` of ${domain}`}`,
        `${known.version} and ${version}`,
        'export both again with the same opset_version',
      );
    }
  }
  const keys = new Set(a.functions.map((f) => functionKey(f.domain, f.name, f.overload)));
  const twice = b.functions.find((f) => keys.has(functionKey(f.domain, f.name, f.overload)));
  if (twice)
    throw refusal(
      'functions of different names',
      `'${twice.name}' in both models`,
      'export one with its functions inlined',
    );
  a.functions.push(...b.functions);
  if (b.irVersion > a.irVersion) a.irVersion = b.irVersion;
  const [graph, other] = [a.graph, b.graph];
  graph.valueInfo.push(...graph.output, ...other.valueInfo);
  const labels = new Set(graph.node.map((node) => node.name));
  for (const node of other.node) {
    // Runtimes refuse two nodes of one name; the outputs of a node have names of their own.
    if (labels.has(node.name)) node.name = node.output.find((output) => !labels.has(output)) ?? '';
    graph.node.push(node);
  }
  for (const tensor of other.initializer) graph.initializer.push(tensor);
  graph.sparseInitializer.push(...other.sparseInitializer);
  graph.quantizationAnnotation.push(...other.quantizationAnnotation);
  graph.input.push(...other.input.filter((info) => info.name !== name)); // some files list their weights as inputs
  graph.output = other.output;
}

/** A new name for each name of a graph: those in `fixed`, another where it is taken, or its own. */
function renamer(graph: GraphProto, fixed: ReadonlyMap<string, string>, taken: Set<string>): (name: string) => string {
  const own = namesOf(graph);
  const renamed = new Map(fixed);
  for (const name of own) {
    if (renamed.has(name) || !taken.has(name)) continue;
    let free = name;
    for (let i = 2; taken.has(free) || own.has(free); i++) free = `${name}.${i}`;
    renamed.set(name, free);
    taken.add(free);
  }
  return (name) => renamed.get(name) ?? name;
}

/** Every name of a value in a graph and in the graphs within its nodes. */
function namesOf(graph: GraphProto): Set<string> {
  const names = new Set<string>();
  rename(graph, (name) => {
    if (name !== '') names.add(name);
    return name;
  });
  return names;
}

/** Gives each value of a graph, and of the graphs within its nodes, the name that `to` makes of its own. */
function rename(graph: GraphProto, to: (name: string) => string): void {
  for (const named of [...graph.input, ...graph.output, ...graph.valueInfo, ...graph.initializer])
    named.name = to(named.name);
  for (const { values } of graph.sparseInitializer) if (values) values.name = to(values.name);
  for (const each of graph.quantizationAnnotation) each.tensorName = to(each.tensorName);
  for (const node of graph.node) renameNode(node, to);
}

function renameNode(node: NodeProto, to: (name: string) => string): void {
  node.input = node.input.map(to);
  node.output = node.output.map(to);
  for (const { g, graphs } of node.attribute) for (const inner of [...(g ? [g] : []), ...graphs]) rename(inner, to);
}

function refusal(expected: string, got: string, todo: string): LatentfillError {
  return new LatentfillError('network', `Expected ${expected}, got ${got}: ${todo}.`);
}
