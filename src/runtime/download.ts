/** @file From a GPU's memory to this process's. */

import { identity } from '../graph/elementwise.ts';
import { writeOnnx } from '../graph/onnx/write.ts';
import { input } from '../graph/value.ts';
import { type InferenceSession, ort, type Tensor } from './ort.ts';

let reading: Promise<InferenceSession> | undefined;

/**
 * What a tensor on the GPU holds. onnxruntime-node ends the process when it is asked for such data, so a graph that
 * does nothing but hand its input on is run. That session stays open, and holds the GPU's context between programs.
 */
export async function download(tensor: Tensor): Promise<Float32Array> {
  const { InferenceSession, Tensor } = await ort('webgpu');
  reading ??= InferenceSession.create(writeOnnx({ y: identity(input('x', [1])) }, { batch: 'n' }), {
    executionProviders: ['webgpu'],
    logSeverityLevel: 3,
  });
  const x = Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType: 'float32', dims: [tensor.size] });
  const { y } = await (await reading).run({ x });
  return y!.data as Float32Array;
}
