/** @file Copies tensors from GPU memory to this process. */

import { writeOnnx } from '../graph/onnx/write.ts';
import { identity } from '../graph/ops/elementwise.ts';
import { input } from '../graph/value.ts';
import { type InferenceSession, ort, type Tensor } from './ort.ts';

let session: Promise<InferenceSession> | undefined;

/**
 * A session of an identity graph, which copies its input. It is never released: when the last session is, ONNX Runtime
 * closes the GPU device, and compiles every shader again for the next program.
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

/** The contents of a tensor on the GPU. (With onnxruntime-node, `getData` of such a tensor crashes the process.) */
export async function download(tensor: Tensor): Promise<Float32Array> {
  const { Tensor } = await ort('webgpu');
  const x = Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType: 'float32', dims: [tensor.size] });
  const { y } = await (await reader()).run({ x });
  return y!.data as Float32Array;
}
