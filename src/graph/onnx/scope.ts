/** @file The names of a graph and their values. A node is read when one of its outputs is first needed. */

import type { AttributeProto, FunctionProto, GraphProto, NodeProto, ValueInfoProto } from 'onnx-buf';
import { LatentfillError } from '../../base/errors.ts';
import { grad } from '../grad.ts';
import { identity } from '../ops/elementwise.ts';
import { sum } from '../ops/reduce.ts';
import { is, type Value } from '../value.ts';
import { Call, expected, NodeError, Unsupported } from './call.ts';
import type { Folder } from './constant-folding.ts';
import { isStandard } from './decode.ts';
import { batchNorm } from './fold-batch-norm.ts';
import { choosesAtRandom, type NoiseContext, noiseOf } from './noise.ts';
import { type Declared, opaque } from './opaque.ts';
import type { Importer } from './operators/importer.ts';
import { importers } from './operators/index.ts';
import { constantOf, dtypeOf, type External } from './tensors.ts';
import { unknownOf } from './without-effect.ts';

/** State that all scopes of one model share. */
export interface Context extends NoiseContext {
  /** Version of each operator set, by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly folder: Folder;
  /** The values of symbolic sizes. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly external: External | undefined;
  /** Nodes read so far. It is bounded, since nested calls of functions can multiply without bound. */
  nodes: number;
}

const MAX_NODES = 200_000;
const MAX_DEPTH = 32;

/** The parts of a scope. */
interface Body {
  readonly nodes: readonly NodeProto[];
  /** Names that are known from the start. */
  readonly values: ReadonlyMap<string, Value>;
  /** The shapes that the file declares for other names. */
  readonly declared?: ReadonlyMap<string, ValueInfoProto>;
  /** The enclosing scope, whose names are visible in a branch of an If. */
  readonly parent?: Scope;
  /** In a function's body: the attributes of the call. */
  readonly attributes?: ReadonlyMap<string, AttributeProto>;
  readonly opsets?: ReadonlyMap<string, number>;
  readonly depth?: number;
  /** The calls of functions that lead here. */
  readonly path?: string;
}

export class Scope {
  readonly #context: Context;
  readonly #body: Body;
  readonly #values: Map<string, Value>;
  readonly #producers = new Map<string, NodeProto>();
  readonly #uses = new Map<string, number>();
  readonly #open = new Set<NodeProto>();

  constructor(context: Context, body: Body) {
    this.#context = context;
    this.#body = body;
    this.#values = new Map(body.values);
    for (const proto of body.nodes) {
      for (const name of proto.output) if (name !== '') this.#producers.set(name, proto);
      for (const name of proto.input) this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
    }
    if ((body.depth ?? 0) > MAX_DEPTH)
      throw new NodeError('Expected functions that do not call themselves, got a circle');
  }

  /** The scope of a graph's own names. */
  static ofGraph(
    context: Context,
    graph: GraphProto,
    given: ReadonlyMap<string, Value>,
    around: Partial<Body> = {},
  ): Scope {
    const values = new Map(graph.initializer.map((tensor) => [tensor.name, constantOf(tensor, context.external)]));
    for (const [name, value] of given) values.set(name, value);
    const declared = new Map([...graph.valueInfo, ...graph.output].map((info) => [info.name, info]));
    return new Scope(context, { nodes: graph.node, values, declared, ...around });
  }

  /** The values that are known so far, by name. */
  get known(): ReadonlyMap<string, Value> {
    return this.#values;
  }

  /** Marks names that are read from outside the graph. */
  use(names: readonly string[]): void {
    for (const name of names) this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
  }

  /** The value of a name. An explicit stack, since deep graphs would overflow the call stack. */
  value(name: string): Value {
    const stack = [name];
    const waiting = new Set<NodeProto>();
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const proto = this.#producers.get(top);
      if (this.#values.has(top)) stack.pop();
      else if (!proto) this.#values.set(top, this.#outer(top));
      else {
        const missing = proto.input.filter((input) => input !== '' && !this.#values.has(input));
        if (missing.length === 0) this.#build(proto, top);
        else if (waiting.has(proto)) throw damaged(`a graph without circles`, `one through ${labelOf(proto)}`);
        else {
          waiting.add(proto);
          stack.push(...missing);
        }
      }
    }
    return this.#values.get(name)!;
  }

  #outer(name: string): Value {
    if (this.#body.parent) return this.#body.parent.value(name);
    throw damaged(`'${name}' to be made by some node`, 'none that does');
  }

  /** Reads one node, all of whose inputs are known. */
  #build(proto: NodeProto, wanted: string): void {
    if (this.#open.has(proto)) throw damaged('a graph without circles', `one through ${labelOf(proto)}`);
    if (++this.#context.nodes > MAX_NODES) throw damaged(`at most ${MAX_NODES} nodes`, 'more');
    this.#open.add(proto);
    try {
      const outputs = this.#outputsOf(proto);
      const node = proto.name || proto.output[0]!;
      for (const [i, name] of proto.output.entries()) {
        if (name !== '' && outputs[i]) this.#values.set(name, this.#context.folder.fold(outputs[i], node));
      }
      if (!this.#values.has(wanted)) expected('an output that is known', `'${wanted}'`);
    } catch (cause) {
      throw atNode(cause, proto);
    }
    this.#open.delete(proto);
  }

  #outputsOf(proto: NodeProto): readonly (Value | undefined)[] {
    const domain = isStandard(proto.domain) ? '' : proto.domain;
    const opset = (this.#body.opsets ?? this.#context.opsets).get(domain) ?? 1;
    const inputs = proto.input.map((name) => (name === '' ? undefined : this.#values.get(name)));
    const { rebatch } = this.#context;
    const named = { name: proto.name || proto.output[0]!, path: `${this.#body.path ?? ''}${proto.output[0]}` };
    const call = new Call(proto.opType, inputs, this.#attributesOf(proto), {
      opset,
      outputs: proto.output.length,
      rebatch,
      noise: (...drawn) => noiseOf(this.#context, named, ...drawn),
    });

    const called = this.#context.functions.get(functionKey(domain, proto.opType, proto.overload));
    if (called) return this.#inlined(called, call, `${named.path}/`);
    if (domain === 'ai.onnx.preview.training' && proto.opType === 'Gradient') return this.#gradient(call);
    if (domain === '') {
      if (proto.opType === 'If') return this.#branch(call);
      if (choosesAtRandom.has(proto.opType))
        expected('noise that can be held', 'choices at random: export the model without');
      try {
        const made = this.#importerOf(proto)?.(call);
        if (made && unknownOf(call).length === 0) return Array.isArray(made) ? made : [made as Value];
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error;
      }
    }
    return opaque(
      proto,
      call,
      (name) => this.#declared(name),
      Object.hasOwn(importers, proto.opType) ? unknownOf(call) : [],
    );
  }

  #importerOf(proto: NodeProto): Importer | undefined {
    if (proto.opType !== 'BatchNormalization') {
      return Object.hasOwn(importers, proto.opType) ? importers[proto.opType] : undefined;
    }
    const alone = this.#uses.get(proto.input[0]!) === 1;
    return (call) => batchNorm(call, alone, (x) => this.#context.folder.fold(x, proto.name || proto.output[0]!));
  }

  /** The attributes of a node; in a function's body some refer to attributes of the call. */
  #attributesOf(proto: NodeProto): Map<string, AttributeProto> {
    const attributes = new Map<string, AttributeProto>();
    for (const a of proto.attribute) {
      const meant = a.refAttrName === '' ? a : this.#body.attributes?.get(a.refAttrName);
      if (meant) attributes.set(a.name, meant);
    }
    return attributes;
  }

  /** The outputs of a model-local function, inlined in place of its call. */
  #inlined({ input, output, node, attributeProto, opsetImport }: FunctionProto, call: Call, path: string): Value[] {
    const defaults = attributeProto.map((a) => [a.name, a] as const);
    const scope = new Scope(this.#context, {
      nodes: node,
      values: new Map(input.flatMap((name, i) => (call.inputs[i] ? [[name, call.inputs[i]] as const] : []))),
      attributes: new Map([...defaults, ...call.attributes.map((a) => [a.name, a] as const)]),
      opsets: new Map(opsetImport.map(({ domain, version }) => [domain, Number(version)])),
      depth: (this.#body.depth ?? 0) + 1,
      path,
    });
    scope.use(output);
    return output.map((name) => scope.value(name));
  }

  /** The outputs of the branch of an If that its condition, a constant, chooses. */
  #branch(call: Call): Value[] {
    const condition = call.x(0);
    if (!is(condition, 'Constant')) expected('a condition known when the model is read', 'a computed one');
    const graph = call.graph(condition.attrs.data[0] ? 'then_branch' : 'else_branch');
    const depth = (this.#body.depth ?? 0) + 1;
    const { attributes, path = '' } = this.#body;
    const around = { parent: this, depth, path, ...(attributes ? { attributes } : {}) };
    const scope = Scope.ofGraph(this.#context, graph, new Map(), around);
    scope.use(graph.output.map(({ name }) => name));
    return graph.output.map(({ name }) => scope.value(name));
  }

  /**
   * ai.onnx.preview.training's Gradient: ∂y/∂xs of the enclosing graph, evaluated at this node's inputs (xs and zs).
   */
  #gradient(call: Call): Value[] {
    const xs = call.texts('xs');
    const names = [...xs, ...call.texts('zs')];
    const given = names.map((name, i) => [name, identity(call.x(i))] as const); // distinct, even for equal inputs
    const again = new Scope(this.#context, {
      ...this.#body,
      values: new Map([...this.#body.values, ...given]),
      depth: (this.#body.depth ?? 0) + 1,
    });
    const y = again.value(call.text('y', ''));
    return grad(
      sum(y),
      given.slice(0, xs.length).map(([, x]) => x),
    );
  }

  #declared(name: string): Declared | undefined {
    const type = this.#body.declared?.get(name)?.type?.value;
    if (type?.case !== 'tensorType' || !type.value.shape) return undefined;
    const dtype = dtypeOf(type.value.elemType);
    const { rebatch, sizes } = this.#context;
    const shape = type.value.shape.dim.map(({ value }, axis) => {
      const size = value.case === 'dimValue' ? Number(value.value) : (sizes.get(value.value ?? '') ?? -1);
      return axis === 0 && size === rebatch?.from ? rebatch.to : size;
    });
    return dtype && !shape.includes(-1) ? { shape, dtype } : undefined;
  }
}

export function functionKey(domain: string, name: string, overload: string): string {
  return `${isStandard(domain) ? '' : domain}:${name}:${overload}`;
}

function labelOf(proto: NodeProto): string {
  return `node '${proto.name || proto.output[0]}' (${proto.opType})`;
}

function damaged(wanted: string, got: string): LatentfillError {
  return new LatentfillError('network', `Expected ${wanted} in the model, got ${got}: export or download it again.`);
}

/**
 * An error with the name of the node that it comes from; one that already names a node stays as it is. Any other
 * exception means that the node is damaged.
 */
function atNode(cause: unknown, proto: NodeProto): LatentfillError {
  if (cause instanceof LatentfillError && /node '/.test(cause.message)) return cause;
  const known = cause instanceof LatentfillError || cause instanceof NodeError;
  const message = known
    ? cause.message.replace(/\.$/, '')
    : 'Expected inputs and attributes that its operator defines, got others';
  return new LatentfillError('network', `${message}, at ${labelOf(proto)}.`, { cause });
}
