/** @file The public API of `latentfill/graph`, except for what runs a graph. */

export { type CheckOptions, checkGrads } from './check-grads.ts';
export { flops } from './cost.ts';
export { grad } from './grad.ts';
export { type Inspection, inspectOnnx } from './inspect.ts';
export type { Distribution, Noise } from './onnx/noise.ts';
export type { Obstacle } from './onnx/obstacles.ts';
export { type OnnxGraph, type ReadOptions, readOnnx } from './onnx/read.ts';
export { type OnnxSignature, onnxSignature, type Port } from './onnx/signature.ts';
export type { External } from './onnx/tensors.ts';
export { type WriteOptions, writeOnnx } from './onnx/write.ts';
export * from './ops/activations.ts';
export { einsum } from './ops/einsum.ts';
export * from './ops/elementwise.ts';
export * from './ops/indexing.ts';
export { concat, expand, flip, moveAxis, pad, reshape, slice, split, tile, transpose } from './ops/layout.ts';
export { type ConvOptions, conv, convTranspose, matmul } from './ops/linear.ts';
export { batchNormTraining, groupNorm, instanceNorm, layerNorm, lpNorm, rmsNorm } from './ops/normalisation.ts';
export { averagePool, maxPool } from './ops/pooling.ts';
export { cumSum, logSoftmax, mean, type ReduceOptions, reduceMax, reduceMin, softmax, sum } from './ops/reduce.ts';
export { type Resampling, resample } from './ops/resample.ts';
export type * from './ops.ts';
export { evaluate } from './reference/evaluate.ts';
export { constant, type Data, type DType, input, type Shape, scalar, topological, type Value } from './value.ts';
export { type Gradients, type Vjp, type Vjps, vjps } from './vjps.ts';
