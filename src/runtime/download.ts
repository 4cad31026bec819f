/** @file From a GPU's memory to this process's. */

import { writeOnnx } from '../graph/onnx/write.ts';
import { identity } from '../graph/ops/elementwise.ts';
import { input } from '../graph/value.ts';
import { type InferenceSession, ort, type Tensor } from './ort.ts';

let session: Promise<InferenceSession> | undefined;

/**
 * The session that reads: a graph that hands its input on. It stays open: with the last session ONNX Runtime would
 * close the GPU, and compile every shader again for the next program.
 */
export async function reader(): Promise<InferenceSession> {
  const { InferenceSession } = await ort('webgpu');
  session ??= InferenceSession.create(writeOnnx({ y: identity(input('x', [1])) }, { batch: 'n' }), {
    executionProviders: ['webgpu'],
    logSeverityLevel: 3,
  }).catch((error) => {
    session = undefined;
    throw error;
  });
  return session;
}

/** What a tensor on the GPU holds. (onnxruntime-node ends the process when a tensor is asked for it.) */
export async function download(tensor: Tensor): Promise<Float32Array> {
  const { Tensor } = await ort('webgpu');
  const x = Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType: 'float32', dims: [tensor.size] });
  const { y } = await (await reader()).run({ x });
  return y!.data as Float32Array;
}
