/** @file ONNX Runtime, loaded when it is first needed and asked one thing at a time. The only importer of it. */

import type * as Ort from '#ort';

export type { InferenceSession, Tensor } from '#ort';

let loading: Promise<typeof Ort> | undefined;

/**
 * ONNX Runtime: onnxruntime-node under Node, onnxruntime-web elsewhere. Loaded late, so that a page has it in a file of
 * its own: its threads start from the file that it is in, which must not be the page's.
 */
export function ort(): Promise<typeof Ort> {
  loading ??= import('#ort').then((module) => {
    module.env.logLevel = 'fatal'; // what fails is thrown as well
    if (!onNode(module)) setThreads(module);
    return module;
  });
  return loading;
}

/** True under Node: only onnxruntime-node can tell what it was built with. */
export function onNode(module: typeof Ort): boolean {
  return 'listSupportedBackends' in module;
}

// WebAssembly's threads share memory, which a page has only where it is cross-origin isolated. Their number is fixed
// when the first session is made; beyond eight they wait for each other.
function setThreads({ env }: typeof Ort): void {
  const { crossOriginIsolated, navigator } = globalThis as {
    crossOriginIsolated?: boolean;
    navigator?: { hardwareConcurrency?: number };
  };
  env.wasm.numThreads = crossOriginIsolated ? Math.min(8, navigator?.hardwareConcurrency ?? 1) : 1;
}

let last: Promise<unknown> = Promise.resolve();

/** Runs tasks in the order of their calls, none before the last has ended: onnxruntime-web breaks when runs overlap. */
export function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = last.then(task, task);
  last = turn.catch(() => {});
  return turn;
}
