/**
 * @file The copy of onnxruntime-node that postinstall.mjs kept, for when the package is missing. Node only, hidden from
 * bundlers.
 */

import { LatentfillError } from '../base/errors.ts';

/** The parts of Node that are used. */
interface Node {
  readonly process?: {
    getBuiltinModule?(name: 'node:module'): { createRequire(from: string): (path: string) => unknown };
  };
}

/**
 * The kept copy of onnxruntime-node, if `failure` says that the package is not installed.
 * @throws LatentfillError where there is no copy either; `failure` itself if it has another cause.
 */
export function runtimeBeside<Module>(failure: unknown): Module {
  const builtin = (globalThis as Node).process?.getBuiltinModule?.('node:module');
  const { code, message } = failure as { readonly code?: string; readonly message?: string };
  if (!builtin || code !== 'ERR_MODULE_NOT_FOUND' || !message?.includes('onnxruntime-node')) throw failure;
  const require = builtin.createRequire(import.meta.url);
  try {
    return require('../../native/node_modules/onnxruntime-node') as Module;
  } catch (error) {
    if ((error as { readonly code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
    throw new LatentfillError(
      'missing',
      'Expected ONNX Runtime for Node, got none installed: run `npm i --ignore-scripts onnxruntime-node`.',
    );
  }
}
