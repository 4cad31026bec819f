/** @file From a graph to a program that ONNX Runtime runs. The only importer of ONNX Runtime. */

import * as ort from '#ort';
import { writeOnnx } from '../graph/onnx/write.ts';
import { count, fail, is, topological, type Value } from '../graph/value.ts';
import type { State } from './state.ts';

/** Settings of {@link compile}. */
export interface CompileOptions {
  /** Where to run. @default 'cpu' */
  device?: 'cpu';
  /** Threads; 0 takes one per core. @default 0 */
  threads?: number;
  /** Tensors kept between runs: inputs of these names are fed from it. */
  state?: State;
  /** New contents of state tensors, by name, computed by each run. */
  updates?: Readonly<Record<string, Value>>;
}

/** A compiled graph. Dispose of it to free what ONNX Runtime holds. */
export interface Program {
  /**
   * One run. `feeds` holds the data of every input that is not state; the outputs are valid until the next run: copy
   * what is kept. State updates are visible once the promise resolves; a failed run changes no state.
   */
  run(feeds?: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Compiles a graph to one ONNX Runtime session with the given outputs (float32). */
export async function compile(
  outputs: Readonly<Record<string, Value>>,
  options: CompileOptions = {},
): Promise<Program> {
  const { threads = 0, state, updates = {} } = options;
  const all = { ...outputs, ...Object.fromEntries(Object.entries(updates).map(([name, v]) => [nextName(name), v])) };
  const inputs = topological(Object.values(all)).filter((value) => is(value, 'Input'));
  const session = await ort.InferenceSession.create(writeOnnx(all), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
    // Adam's moments decay into denormals, which are slow and mean nothing.
    // Threads that spin while they wait take the core from the session whose turn it is: training has two.
    extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
  });
  const kept = Object.entries(outputs).map(
    ([name, { shape }]) => [name, new Float32Array(count(shape)), shape] as const,
  );

  async function run(feeds: Readonly<Record<string, Float32Array>> = {}): Promise<Record<string, Float32Array>> {
    const given: Record<string, ort.Tensor> = {};
    for (const { attrs, shape } of inputs) {
      const { name } = attrs as { name: string };
      const data = feeds[name] ?? (state?.has(name) ? state.read(name) : undefined);
      if (data?.length !== count(shape)) {
        fail('run', `${count(shape)} values for input '${name}' [${shape}], got ${data?.length ?? 'none'}`);
      }
      given[name] = new ort.Tensor('float32', data, shape);
    }
    const fetches: Record<string, ort.Tensor> = {};
    for (const [name, data, shape] of kept) fetches[name] = new ort.Tensor('float32', data, shape);
    for (const [name, { shape }] of Object.entries(updates)) {
      fetches[nextName(name)] = new ort.Tensor('float32', state!.back(name), shape);
    }
    await session.run(given, fetches);
    for (const name of Object.keys(updates)) state!.flip(name);
    return Object.fromEntries(kept.map(([name, data]) => [name, data]));
  }

  return { run, [Symbol.asyncDispose]: () => session.release() };
}

const nextName = (name: string) => `${name}'`;
