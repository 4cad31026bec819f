/** @file ONNX Runtime, loaded when it is first needed and asked one thing at a time. The only importer of it. */

import type * as Ort from '#ort';

export type { InferenceSession, Tensor } from '#ort';

let loading: Promise<typeof Ort> | undefined;

/**
 * ONNX Runtime: onnxruntime-node under Node, onnxruntime-web elsewhere. Loaded late: a page opens
 * without it.
 */
export function ort(): Promise<typeof Ort> {
  loading ??= import('#ort').then((module) => {
    module.env.logLevel = 'fatal'; // what fails is thrown as well
    if (!onNode(module)) setUpWeb(module);
    return module;
  });
  return loading;
}

/** True under Node: only onnxruntime-node can tell what it was built with. */
export function onNode(module: typeof Ort): boolean {
  return 'listSupportedBackends' in module;
}

/** Threads share memory, which a page has only where it is cross-origin isolated; beyond eight they wait for each other. */
function setUpWeb({ env }: typeof Ort): void {
  const { crossOriginIsolated, navigator } = globalThis as {
    crossOriginIsolated?: boolean;
    navigator?: { hardwareConcurrency?: number };
  };
  env.wasm.numThreads = crossOriginIsolated ? Math.min(8, navigator?.hardwareConcurrency ?? 1) : 1;

  // onnxruntime-web begins its threads from the file that it was bundled into, where they may run the page's own code.
  // Vite and webpack ship the files that they see here, and threads begin from those.
  const mjs = new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url);
  const wasm = new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url);
  const seen = !mjs.pathname.endsWith('/onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs');
  if (seen) env.wasm.wasmPaths = { mjs, wasm };
}

let last: Promise<unknown> = Promise.resolve();

/** Runs tasks in the order of their calls, none before the last has ended: onnxruntime-web breaks when runs overlap. */
export function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = last.then(task, task);
  last = turn.catch(() => {});
  return turn;
}

/** Lets a page draw and answer its user before the promise resolves: WebAssembly runs on the page's own thread. */
export function pageTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel(); // timers wait 4 ms in pages
  return new Promise((resolve) => {
    const heard = port1 as unknown as { onmessage(): void };
    heard.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
