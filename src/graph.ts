/// <reference lib="esnext.disposable" preserve="true" />
/** @module latentfill/graph: ONNX graphs built, differentiated, written and read in TypeScript, and run on ONNX Runtime. */

export { type ErrorCode, type ErrorDetails, errorCodes, type Issue, LatentfillError } from './base/errors.ts';
export * from './graph/index.ts';
export { type CompileOptions, compile, type Feeds, type Program, type RunOptions } from './runtime/compile.ts';
export { type Choice, chooseDevice, type Device, type Wanted } from './runtime/devices.ts';
export { State } from './runtime/state.ts';
