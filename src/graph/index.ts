/** @module latentfill/graph: ONNX graphs built, differentiated, written and read in TypeScript. */

export * from './activations.ts';
export { type CheckOptions, checkGrads } from './check-grads.ts';
export { flops } from './cost.ts';
export { einsum } from './einsum.ts';
export * from './elementwise.ts';
export { evaluate } from './evaluate.ts';
export { grad } from './grad.ts';
export * from './indexing.ts';
export { type Inspection, inspectOnnx } from './inspect.ts';
export { concat, expand, flip, moveAxis, pad, reshape, slice, split, tile, transpose } from './layout.ts';
export { type ConvOptions, conv, convTranspose, matmul } from './linear.ts';
export { batchNormTraining, groupNorm, instanceNorm, layerNorm, lpNorm, rmsNorm } from './normalisation.ts';
export type { Obstacle } from './onnx/obstacles.ts';
export { type OnnxGraph, type ReadOptions, readOnnx } from './onnx/read.ts';
export { type OnnxSignature, onnxSignature, type Port } from './onnx/signature.ts';
export type { External } from './onnx/tensors.ts';
export { type WriteOptions, writeOnnx } from './onnx/write.ts';
export type { ConvAttrs, ConvTransposeAttrs, OpName, Ops, PoolAttrs } from './ops.ts';
export { averagePool, maxPool } from './pooling.ts';
export { cumSum, logSoftmax, mean, reduceMax, reduceMin, softmax, sum } from './reduce.ts';
export { type Resampling, resample } from './resample.ts';
export { constant, type DType, input, type Shape, scalar, topological, type Value } from './value.ts';
export { type Vjp, type Vjps, vjps } from './vjps.ts';
