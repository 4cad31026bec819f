/** @file How a session is opened on each device. */

import type { InferenceSession as OrtSession } from '#ort';
import { reader } from './download.ts';
import { type Device, type InferenceSession, ort } from './ort.ts';

/** Settings of {@link openSession}. */
export interface SessionSettings {
  /** Threads; 0 takes one per core. */
  readonly threads?: number;
  /** Outputs that stay in the GPU's memory, where the device has its own. */
  readonly stay?: readonly string[];
}

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
    // A pattern of all allocations is taken as one block from the second run on, beside what the first has taken: twice the
    // memory, and no faster.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
    ...(keepsState(device) && stay.length > 0
      ? { preferredOutputLocation: Object.fromEntries(stay.map((name) => [name, 'gpu-buffer' as const])) }
      : {}),
    // Not set_denormal_as_zero: it would change the arithmetic of the caller's own thread, for good.
    // Threads spin briefly for the next piece of work: between most operators nothing is lost by it, and beside a busy neighbour
    // longer spinning takes the core from whoever has work. After a run they would take it from the session whose turn it is.
    extra: {
      session: { force_spinning_stop: '1', intra_op: { spin_duration_us: '100' } },
      // It takes the zeros around a kernel for zeros around the image, and leaves a graph that does not load.
      optimization: { disable_specified_optimizers: 'Pad_Fusion' },
    },
  } satisfies OrtSession.SessionOptions);
}

/** True for devices whose memory holds state between runs. With CUDA it crosses: the binding has no such buffers. */
export function keepsState(device: Device): boolean {
  return device === 'webgpu';
}
