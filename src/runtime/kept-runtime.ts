/** @file ONNX Runtime where its own package is gone: the files that postinstall.mjs kept. Node only; bundlers see no import. */

import { LatentfillError } from '../base/errors.ts';

/** What is used of Node. */
interface Node {
  readonly process?: {
    getBuiltinModule?(name: 'node:module'): { createRequire(from: string): (path: string) => unknown };
  };
}

/**
 * The kept copy of onnxruntime-node, where importing it failed because it is not installed.
 * @throws LatentfillError where there is no copy either; any other failure as it came.
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
