/** @file From the bytes of an ONNX model to a graph. */

import type { GraphProto, ValueInfoProto } from 'onnx-buf';
import { LatentfillError } from '../../base/errors.ts';
import { type DType, input, type Shape, type Value } from '../value.ts';
import type { Rebatch } from './call.ts';
import { Folder } from './constant-folding.ts';
import { type Decoded, decodeModel, isStandard } from './decode.ts';
import type { Noise } from './noise.ts';
import { type Context, functionKey, Scope } from './scope.ts';
import { dtypeOf, type External } from './tensors.ts';

/** Settings of {@link readOnnx}. */
export interface ReadOptions {
  /** Shapes of inputs, by name: they give symbolic sizes their values and may change the batch size. */
  inputShapes?: Readonly<Record<string, Shape>>;
  /** Values to use in place of inputs, by name: the model becomes part of their graph. */
  inputs?: Readonly<Record<string, Value>>;
  /** Values to use in place of tensors within the model, by name: what leads to them is not read. */
  tensors?: Readonly<Record<string, Value>>;
  /** The tensors to read, by name, also from within the model. @default the model's outputs */
  outputs?: readonly string[];
  /** Gives the bytes of other files in which the model keeps weights. */
  external?: External;
  /**
   * Gives the noise of a node that draws at random. By default each node has noise of its own that is the same in every
   * run and for every row of a batch.
   */
  noise?: (noise: Noise) => Value;
}

/** A model as a graph: values by the names of its inputs and outputs. */
export interface OnnxGraph {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  /** Every tensor that was read, also those within the model. */
  readonly tensors: ReadonlyMap<string, Value>;
}

/** The oldest operator set whose operators are read correctly. */
const OLDEST = 7;

/** A decoded model, which can be read any number of times. */
export interface OpenOnnx {
  /** As {@link readOnnx}. */
  read(options?: ReadOptions): OnnxGraph;
}

/** Decodes an ONNX model once, for {@link readOnnx} at several batch sizes. @throws LatentfillError for bytes that are no model. */
export function openOnnx(bytes: Uint8Array): OpenOnnx {
  const model = decodeModel(bytes);
  return {
    read(options = {}) {
      const settled = inputShapes(model.graph, options);
      const { rebatch } = settled;
      try {
        return read(model, settled, options);
      } catch (error) {
        if (!rebatch || !(error instanceof LatentfillError) || failsAnyway(model, settled, options, error)) throw error;
        throw new LatentfillError(
          'network',
          `${error.message.replace(/\.$/, '')}: the file is made for batch ${rebatch.from} and cannot be read at ${rebatch.to}; ${SYMBOLIC}.`,
          { cause: error },
        );
      }
    },
  };
}

/**
 * Reads an ONNX model (operator sets 11 to 23 are tested). float16 is computed in float32, all integers in int64. Every
 * shape becomes static. Values that depend on sizes and small constants alone are folded, and batch norm folds into the
 * convolution before it. Nodes that no output needs are not read. A file of fixed batch size is read at another one
 * where its nodes allow that. Weights stay views into `bytes` where their alignment allows.
 * @throws LatentfillError for bytes that are no model, sizes still unknown, or a node that cannot be read (it is
 * named).
 */
export function readOnnx(bytes: Uint8Array, options: ReadOptions = {}): OnnxGraph {
  return openOnnx(bytes).read(options);
}

const SYMBOLIC = "export it with a symbolic batch (torch.onnx.export's dynamic_shapes or dynamic_axes)";

/**
 * Whether the model fails with the same error at the batch size of its export: then the change of batch is not the
 * cause.
 */
function failsAnyway(model: Decoded, { shapes, ...settled }: Settled, options: ReadOptions, error: LatentfillError) {
  const { from, to } = settled.rebatch!;
  const own = new Map(
    [...shapes].map(([name, port]) => {
      const shape = port.shape[0] === to ? port.shape.with(0, from) : port.shape;
      return [name, { ...port, shape }];
    }),
  );
  try {
    read(model, { ...settled, shapes: own, rebatch: undefined }, { ...options, inputs: {} });
    return false;
  } catch (again) {
    return again instanceof LatentfillError && again.message === error.message;
  }
}

function read({ graph, ...model }: Decoded, { shapes, sizes, rebatch }: Settled, options: ReadOptions): OnnxGraph {
  const context: Context = {
    opsets: new Map(
      model.opsetImport.map(({ domain, version }) => [isStandard(domain) ? '' : domain, Number(version)]),
    ),
    functions: new Map(model.functions.map((f) => [functionKey(f.domain, f.name, f.overload), f])),
    folder: new Folder(),
    rebatch,
    sizes,
    external: options.external,
    noise: options.noise,
    batches: {
      ofFile: new Set(graph.input.flatMap((info) => dimsOf(info)?.[0] ?? []).filter((n) => typeof n === 'number')),
      now: new Set([...shapes.values()].flatMap(({ shape }) => shape[0] ?? [])),
    },
    nodes: 0,
  };
  const opset = context.opsets.get('') ?? 0;
  if (graph.node.length > 0 && opset < OLDEST && !context.opsets.has('ai.onnx.preview.training')) {
    throw new LatentfillError(
      'network',
      `Expected a model of operator set 11 or newer, got ${opset}: export it again.`,
    );
  }
  const inputs = Object.fromEntries(
    [...shapes].map(([name, { shape, dtype }]) => [name, options.inputs?.[name] ?? input(name, shape, dtype)]),
  );
  const given = { ...inputs, ...options.tensors };
  for (const value of Object.values(given)) context.folder.keep(value);
  checkTensors(graph, options);
  const scope = Scope.ofGraph(context, graph, new Map(Object.entries(given)));
  const wanted = options.outputs ?? graph.output.map(({ name }) => name);
  scope.use(wanted);
  const outputs = Object.fromEntries(wanted.map((name) => [name, scope.value(name)]));
  if (rebatch) checkBatch(graph, outputs, rebatch);
  return { inputs, outputs, tensors: scope.known };
}

/** @throws LatentfillError for a tensor that no node of the model makes. */
function checkTensors({ node }: GraphProto, { tensors = {} }: ReadOptions): void {
  const made = new Set(node.flatMap(({ output }) => output));
  const unknown = Object.keys(tensors).find((name) => !made.has(name));
  if (unknown === undefined) return;
  throw new LatentfillError('network', `Expected the name of a tensor within the model, got '${unknown}'.`);
}

/** What is known about the inputs before the graph is read. */
interface Settled {
  readonly shapes: ReadonlyMap<string, { readonly shape: Shape; readonly dtype: DType }>;
  /** The values of symbolic sizes. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The change of batch size, where it differs from the file's. */
  readonly rebatch: Rebatch | undefined;
}

function inputShapes(graph: GraphProto, { inputShapes: asked = {}, inputs: given = {} }: ReadOptions): Settled {
  const initialised = new Set(graph.initializer.map(({ name }) => name));
  const own = graph.input.filter(({ name }) => !initialised.has(name));
  for (const name of [...Object.keys(asked), ...Object.keys(given)]) {
    if (own.some((info) => info.name === name)) continue;
    throw new LatentfillError(
      'network',
      `Expected inputs that the model has (${own.map((info) => info.name)}), got '${name}'.`,
    );
  }
  const sizes = new Map<string, number>();
  let rebatch: Rebatch | undefined;
  for (const info of own) {
    const shape = given[info.name]?.shape ?? asked[info.name];
    if (!shape) continue;
    const declared = dimsOf(info);
    if (declared && declared.length !== shape.length) throw mismatch(info, declared, shape);
    declared?.forEach((size, axis) => {
      if (typeof size === 'string') sizes.set(size, shape[axis]!);
      else if (size === shape[axis]) return;
      else if (axis === 0 && size >= 1) rebatch = { from: size, to: shape[0]! };
      else throw mismatch(info, declared, shape);
    });
  }
  const shapes = new Map(
    own.map((info) => {
      const known = dimsOf(info)?.map((size) => (typeof size === 'string' ? (sizes.get(size) ?? -1) : size));
      const shape = given[info.name]?.shape ?? asked[info.name] ?? known;
      const type = info.type?.value;
      const dtype = type?.case === 'tensorType' ? dtypeOf(type.value.elemType) : undefined;
      if (!dtype)
        throw new LatentfillError(
          'network',
          `Expected tensors of numbers as inputs, got another type for '${info.name}'.`,
        );
      if (shape && !shape.includes(-1)) return [info.name, { shape, dtype }] as const;
      throw new LatentfillError(
        'network',
        `Expected known sizes for the model's input '${info.name}', got symbolic ones: give inputShapes.`,
      );
    }),
  );
  return { shapes, sizes, rebatch };
}

/** Declared sizes, symbolic ones as text; undefined where the file declares no shape. */
function dimsOf({ name, type }: ValueInfoProto): (number | string)[] | undefined {
  if (type?.value.case !== 'tensorType') return undefined;
  return type.value.value.shape?.dim.map(({ value }, axis) =>
    value.case === 'dimValue' && value.value >= 0n
      ? Number(value.value)
      : value.case === 'dimParam'
        ? value.value
        : `${name}.${axis}`,
  );
}

function mismatch({ name }: ValueInfoProto, declared: readonly (number | string)[], shape: Shape): LatentfillError {
  return new LatentfillError('network', `Expected [${declared}] for the model's input '${name}', got [${shape}].`);
}

/** Checks the batch size of the outputs: it is wrong where a node inside did not follow the change of batch. */
function checkBatch(graph: GraphProto, outputs: OnnxGraph['outputs'], { from, to }: Rebatch): void {
  for (const info of graph.output) {
    const shape = outputs[info.name]?.shape;
    if (!shape || dimsOf(info)?.[0] !== from || shape[0] === to) continue;
    throw new LatentfillError('network', `Expected the batch of ${to} in '${info.name}', got [${shape}].`);
  }
}
