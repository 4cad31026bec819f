/** @file Opens ONNX Runtime sessions, with the settings for each device. */

import type { InferenceSession as OrtSession } from '#ort';
import { reader } from './download.ts';
import { type Device, type InferenceSession, ort } from './ort.ts';

/** Settings of {@link openSession}. */
export interface SessionSettings {
  /** Threads; 0 takes one per core. */
  readonly threads?: number;
  /** Outputs that stay in GPU memory, on a device that {@link keepsState}. */
  readonly stay?: readonly string[];
}

/** Where sessions that are opened write the time of each of their operators, as files of this prefix; for benchmarks. */
export const profiling: { prefix?: string } = {};

/** A session for an ONNX model. */
export async function openSession(
  device: Device,
  model: Uint8Array,
  { threads = 0, stay = [] }: SessionSettings = {},
): Promise<InferenceSession> {
  const { InferenceSession } = await ort(device);
  if (device === 'webgpu') await reader();
  return InferenceSession.create(model, {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    // With it, the second run allocates one block for all tensors beside the memory of the first run: twice the memory,
    // and no faster.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(profiling.prefix ? { enableProfiling: true, profileFilePrefix: profiling.prefix } : {}),
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
    ...(keepsState(device) && stay.length > 0
      ? { preferredOutputLocation: Object.fromEntries(stay.map((name) => [name, 'gpu-buffer' as const])) }
      : {}),
    // set_denormal_as_zero is left out: it would change the arithmetic of the caller's thread for good. Threads spin
    // for at most 100 µs, enough between most operators; longer spinning takes cores from busy processes. They stop
    // spinning after a run, when they would take cores from the next session.
    extra: {
      session: { force_spinning_stop: '1', intra_op: { spin_duration_us: '100' } },
      // Pad_Fusion confuses padding of a kernel with padding of the image, and makes a graph that does not load.
      optimization: { disable_specified_optimizers: 'Pad_Fusion' },
    },
  } satisfies OrtSession.SessionOptions);
}

/**
 * True for devices that hold state between runs. For CUDA, onnxruntime-node lacks GPU buffers, so state is copied at
 * each run.
 */
export function keepsState(device: Device): boolean {
  return device === 'webgpu';
}
