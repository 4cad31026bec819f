/** @file Loads ONNX Runtime when it is first needed, and serialises calls to it. The only file that imports it. */

import { runtimeBeside } from './kept-runtime.ts';
import { threadsHere } from './threads.ts';

/** The parts of a tensor that are used. Own types, so that a page compiles without the types of ONNX Runtime. */
export interface Tensor {
  readonly data: unknown;
  readonly size: number;
  readonly location: string;
  readonly gpuBuffer: unknown;
  dispose(): void;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** The parts of a session that are used. */
export interface InferenceSession {
  /** The outputs by name, in new tensors or in those of `fetches`. */
  run(feeds: Tensors, fetches?: Tensors): Promise<Tensors>;
  release(): Promise<void>;
}

/** The parts of ONNX Runtime that are used, in either package. */
export interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<InferenceSession> };
  readonly Tensor: {
    new (type: string, data: Float32Array | BigInt64Array | Uint8Array, dims: readonly number[]): Tensor;
    fromGpuBuffer(buffer: unknown, options: { readonly dataType: 'float32'; readonly dims: readonly number[] }): Tensor;
  };
  readonly env: {
    logLevel?: string;
    readonly wasm: { numThreads?: number; wasmPaths?: unknown };
  };
}

/** Where graphs run: `cpu` and `cuda` under Node, `wasm` in browsers, `webgpu` in both. */
export type Device = 'cpu' | 'webgpu' | 'cuda' | 'wasm';

/**
 * Loaded modules by name: onnxruntime-node is one, onnxruntime-web two, of which the one for WebGPU is slower on
 * `wasm`.
 */
const modules = new Map<string, Promise<Runtime>>();

/** The ONNX Runtime that runs a device: onnxruntime-node under Node, onnxruntime-web elsewhere. */
export function ort(device?: Device): Promise<Runtime> {
  const name = device === 'webgpu' ? 'webgpu' : 'wasm';
  const loading =
    modules.get(name) ??
    (name === 'webgpu' ? import('#ort/webgpu') : import('#ort')).catch(runtimeBeside<Runtime>).then(setUp(name));
  modules.set(name, loading);
  loading.catch(() => modules.delete(name)); // a later try may find the network up
  return loading;
}

/** True for onnxruntime-node: only it lists the backends that it was built with. */
export function onNode(module: Runtime): boolean {
  return 'listSupportedBackends' in module;
}

const setUp = (name: 'wasm' | 'webgpu') => async (module: Runtime) => {
  module.env.logLevel = 'fatal'; // errors are thrown as well
  if (!onNode(module)) await setUpWeb(module, name);
  return module;
};

async function setUpWeb({ env }: Runtime, name: 'wasm' | 'webgpu'): Promise<void> {
  env.wasm.numThreads = (await threadsHere()).count;

  // onnxruntime-web starts its threads from the file that it is bundled into, so they could run the page's own code.
  // Vite and webpack ship the files that are named here, and threads start from those.
  const files = {
    wasm: {
      mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url),
      wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url),
    },
    webgpu: {
      mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url),
      wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url),
    },
  }[name];
  const seen = !/\/onnxruntime-web\/ort-wasm-[^/]*$/.test(files.mjs.pathname);
  if (seen) env.wasm.wasmPaths = files;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs tasks one at a time, in the order of the calls: onnxruntime-web breaks when runs overlap. */
export function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = last.then(task, task);
  last = turn.catch(() => {});
  return turn;
}
