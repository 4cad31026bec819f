/** @file From a graph to a program that ONNX Runtime runs. */

import { turn } from '../base/in-turns.ts';
import { writeOnnx } from '../graph/onnx/write.ts';
import { simplify } from '../graph/simplify.ts';
import { count, type DType, dtypeOfData, fail, is, topological, type Value } from '../graph/value.ts';
import { blocked, blockOf } from './blocked-layout.ts';
import { fastOnCpu } from './cpu.ts';
import { chooseDevice, type Device, type Wanted } from './devices.ts';
import { failure, graphName } from './failure.ts';
import { inTurn, onNode, ort, type Tensor } from './ort.ts';
import { keepsState, openSession } from './session.ts';
import type { State } from './state.ts';
import { soundOnWebgpu } from './webgpu.ts';

/** What a program computes. */
export interface Graph {
  readonly outputs: Readonly<Record<string, Value>>;
  /** New contents of state tensors, by name, computed by each run. */
  readonly updates?: Readonly<Record<string, Value>>;
}

/** Settings of {@link compile}. */
export interface CompileOptions {
  /** Where to run; `auto`: the fastest that works here. @default 'cpu' under Node, 'wasm' in browsers */
  device?: Wanted | undefined;
  /** Threads on `cpu`; 0 takes one per core. @default 0 */
  threads?: number;
  /** Tensors kept between runs: inputs of these names are fed from it. Left out: `run` gets a state each time. */
  state?: State;
  /** New contents of state tensors, by name, computed by each run. */
  updates?: Readonly<Record<string, Value>> | undefined;
  /** The name of the graph in errors. @default its outputs' names */
  name?: string | undefined;
  /** Stops the compilation before its next step. */
  signal?: AbortSignal | undefined;
}

/** Settings of one run. */
export interface RunOptions {
  /** The state to read and update, in place of the program's own; the caller disposes of it. */
  readonly state?: State;
  /** Cancels the run while it waits for its turn. A run that has begun is finished. */
  readonly signal?: AbortSignal | undefined;
}

/** Data of inputs by name: Float32Array for float32, BigInt64Array for int64, Uint8Array of 0 and 1 for bool. */
export type Feeds = Readonly<Record<string, Float32Array | BigInt64Array | Uint8Array>>;

/** A compiled graph. Dispose of it to free what ONNX Runtime holds. */
export interface Program {
  /** Where it runs. */
  readonly device: Device;
  /**
   * One run. `feeds` holds the data of every input that is not state; the outputs belong to the caller. State updates
   * are visible once the promise resolves; a failed run changes no state. Runs of all programs are serialised, in the
   * order of their calls.
   * @throws LatentfillError for feeds that do not fit, and where ONNX Runtime fails or memory runs out.
   */
  run(feeds?: Feeds, options?: RunOptions): Promise<Record<string, Float32Array>>;
  /** Copies the program's own state from its device to this process first. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Compiles a graph to one ONNX Runtime session with the given outputs (float32).
 * @throws LatentfillError for a device that is not available, and for a graph that ONNX Runtime rejects.
 */
export async function compile(
  outputs: Readonly<Record<string, Value>>,
  options: CompileOptions = {},
): Promise<Program> {
  const { threads = 0, updates = {}, signal } = options;
  const all = withUpdates({ outputs, updates });
  for (const [name, { dtype }] of Object.entries(all)) {
    if (dtype !== 'float32') fail('compile', `float32 outputs, got ${dtype} for '${name}': cast it first`);
  }
  const simple = simplify(all);
  const inputs = topological(Object.values(simple)).filter((value) => is(value, 'Input'));
  const { device } = await chooseDevice(options.device);
  signal?.throwIfAborted();
  const runtime = await ort(device);
  const { Tensor } = runtime;
  const stay = Object.keys(updates).map(nextName);
  const place = { graph: graphName(options.name, [...Object.keys(outputs), ...Object.keys(updates)]), device };
  const failed = (doing: 'load' | 'run') => (cause: unknown) => {
    throw failure(doing, place, cause);
  };
  const session = await inTurn(async () => {
    signal?.throwIfAborted();
    const model = writeOnnx(await suited(simple, device));
    return openSession(device, model, { threads, stay }).catch(failed('load'));
  });

  const tensor = (data: Float32Array, shape: readonly number[]) => new Tensor('float32', data, shape);
  // onnxruntime-node writes outputs into given buffers, unless some stay on the GPU; onnxruntime-web allocates new
  // ones.
  const inPlace = onNode(runtime) && !keepsState(device);

  async function feed({ attrs, shape, dtype }: Value, feeds: Feeds, state: State | undefined): Promise<Tensor> {
    const { name } = attrs as { name: string };
    const given = feeds[name];
    const known = given === undefined && state?.has(name) ? state : undefined;
    const far = keepsState(device) ? known?.far(name) : undefined;
    if (far) return far;
    const data = known ? await known.here(name) : given;
    if (data?.length !== count(shape)) {
      fail('run', `${count(shape)} values for input '${name}' [${shape}], got ${data?.length ?? 'none'}`);
    }
    if (dtypeOfData(data) !== dtype) {
      fail('run', `${holders[dtype]} for input '${name}' of type ${dtype}, got ${data.constructor.name}`);
    }
    return new Tensor(dtype as 'float32', data as Float32Array, shape);
  }

  async function run(feeds: Feeds, state = options.state): Promise<Record<string, Float32Array>> {
    const given: Record<string, Tensor> = {};
    for (const value of inputs) given[(value.attrs as { name: string }).name] = await feed(value, feeds, state);
    const got = await runSession(given, state).catch(failed('run'));
    if (device === 'wasm') await turn(); // the run blocked the page's own thread: let the page draw and answer
    for (const name of Object.keys(updates)) state!.take(name, got[nextName(name)]!);
    return Object.fromEntries(Object.keys(outputs).map((name) => [name, got[name]!.data as Float32Array]));
  }

  async function runSession(given: Record<string, Tensor>, state: State | undefined) {
    if (!inPlace) return session.run(given);
    const fetches: Record<string, Tensor> = {};
    for (const [name, { shape }] of Object.entries(outputs)) {
      fetches[name] = tensor(new Float32Array(count(shape)), shape);
    }
    for (const [name, { shape }] of Object.entries(updates)) fetches[nextName(name)] = tensor(state!.back(name), shape);
    await session.run(given, fetches);
    return fetches;
  }

  async function dispose(): Promise<void> {
    try {
      for (const name of options.state ? Object.keys(updates) : []) await options.state!.bringBack(name);
    } finally {
      await session.release();
    }
  }

  return {
    device,
    run: (feeds = {}, { state, signal } = {}) =>
      inTurn(async () => {
        signal?.throwIfAborted();
        return run(feeds, state);
      }),
    [Symbol.asyncDispose]: () => inTurn(dispose),
  };
}

/** The graph in the form that suits a device. CUDA needs no changes that we know of. */
async function suited(outputs: Record<string, Value>, device: Device): Promise<Record<string, Value>> {
  if (device === 'webgpu') return soundOnWebgpu(outputs);
  if (device === 'cuda') return outputs;
  const fast = fastOnCpu(outputs);
  const block = device === 'cpu' ? await blockOf() : 0;
  return block > 0 ? blocked(fast, block) : fast;
}

/** All values that a run computes, by name. Updates are renamed, since an output may have the same name. */
export function withUpdates({ outputs, updates = {} }: Graph): Record<string, Value> {
  return { ...outputs, ...Object.fromEntries(Object.entries(updates).map(([name, value]) => [nextName(name), value])) };
}

const nextName = (name: string) => `${name}'`;

const holders: Record<DType, string> = {
  float32: 'a Float32Array',
  float16: 'a Uint16Array',
  int64: 'a BigInt64Array',
  bool: 'a Uint8Array',
};
