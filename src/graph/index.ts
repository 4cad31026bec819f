/** @module latentfill/graph: ONNX graphs built, differentiated, written and read in TypeScript. */

export { type CheckOptions, checkGrads } from './check-grads.ts';
export { flops } from './cost.ts';
export * from './elementwise.ts';
export { evaluate } from './evaluate.ts';
export { grad } from './grad.ts';
export { type Inspection, inspectOnnx } from './inspect.ts';
export { concat, expand, pad, reshape, slice, split, transpose } from './layout.ts';
export { type ConvOptions, conv, convTranspose, matmul } from './linear.ts';
export { type OnnxGraph, type ReadOptions, readOnnx } from './onnx/read.ts';
export { type WriteOptions, writeOnnx } from './onnx/write.ts';
export { mean, sum } from './reduce.ts';
export { constant, type DType, input, type Shape, scalar, type Value } from './value.ts';
export { type Vjp, type Vjps, vjps } from './vjps.ts';
