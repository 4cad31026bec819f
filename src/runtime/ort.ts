/** @file ONNX Runtime, loaded when it is first needed and asked one thing at a time. The only importer of it. */

import { runtimeBeside } from './kept-runtime.ts';
import { threadsHere } from './threads.ts';

/** What is used of a tensor. These types are our own: a page need not install ONNX Runtime's to compile against ours. */
export interface Tensor {
  readonly data: unknown;
  readonly size: number;
  readonly location: string;
  readonly gpuBuffer: unknown;
  dispose(): void;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** What is used of a session. */
export interface InferenceSession {
  /** The outputs by name, in new tensors or in those of `fetches`. */
  run(feeds: Tensors, fetches?: Tensors): Promise<Tensors>;
  release(): Promise<void>;
}

/** What is used of ONNX Runtime, in either package. */
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

/** onnxruntime-node is one module; onnxruntime-web is two, and the one that can use the GPU is slow without. */
const modules = new Map<string, Promise<Runtime>>();

/** The ONNX Runtime that runs a device: onnxruntime-node under Node, onnxruntime-web elsewhere. */
export function ort(device?: Device): Promise<Runtime> {
  const name = device === 'webgpu' ? 'webgpu' : 'wasm';
  const loading =
    modules.get(name) ??
    (name === 'webgpu' ? import('#ort/webgpu') : import('#ort')).catch(runtimeBeside<Runtime>).then(setUp(name));
  modules.set(name, loading);
  loading.catch(() => modules.delete(name)); // a network may come back
  return loading;
}

/** True under Node: only onnxruntime-node can tell what it was built with. */
export function onNode(module: Runtime): boolean {
  return 'listSupportedBackends' in module;
}

const setUp = (name: 'wasm' | 'webgpu') => async (module: Runtime) => {
  module.env.logLevel = 'fatal'; // what fails is thrown as well
  if (!onNode(module)) await setUpWeb(module, name);
  return module;
};

async function setUpWeb({ env }: Runtime, name: 'wasm' | 'webgpu'): Promise<void> {
  env.wasm.numThreads = (await threadsHere()).count;

  // onnxruntime-web begins its threads from the file that it was bundled into, where they may run the page's own code.
  // Vite and webpack ship the files that they see here, and threads begin from those.
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

/** Runs tasks in the order of their calls, none before the last has ended: onnxruntime-web breaks when runs overlap. */
export function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = last.then(task, task);
  last = turn.catch(() => {});
  return turn;
}
