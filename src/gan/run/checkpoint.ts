/** @file Checkpoints: the whole state of training in one safetensors file. Node only. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LatentfillError } from '../../base/errors.ts';
import { writeWhole } from '../../base/write-whole.ts';
import { State } from '../../runtime/state.ts';

/**
 * A checkpoint of a run. `state` holds weights, moments, the EMA and step counts, which also name the random streams.
 */
export interface Checkpoint {
  readonly epoch: number;
  readonly state: State;
}

const tensorSchema = z.object({
  dtype: z.literal('F32'),
  shape: z.array(z.int().positive()),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** The folder of a run's checkpoints. */
export const checkpointFolder = (run: string): string => join(run, 'checkpoints');
const fileName = (epoch: number) => `epoch-${String(epoch).padStart(4, '0')}.safetensors`;

/** Writes `<run>/checkpoints/epoch-NNNN.safetensors` atomically. */
export async function saveCheckpoint(run: string, { epoch, state }: Checkpoint, signal?: AbortSignal): Promise<void> {
  await writeWhole(join(checkpointFolder(run), fileName(epoch)), await encode(state), signal);
}

/** The epochs that have a checkpoint, in ascending order; [] for a run that has not begun. */
export async function checkpointEpochs(run: string): Promise<number[]> {
  const names = await readdir(checkpointFolder(run)).catch(() => []);
  return names
    .flatMap((name) => /^epoch-(\d+)\.safetensors$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Reads the checkpoint of an epoch. @throws LatentfillError when the file is damaged. */
export async function loadCheckpoint(run: string, epoch: number): Promise<Checkpoint> {
  const path = join(checkpointFolder(run), fileName(epoch));
  const bytes = await readFile(path).catch(() => {
    throw new LatentfillError(
      'run',
      `Expected a checkpoint at '${path}', got none: check the folder, or choose another epoch.`,
    );
  });
  try {
    return { epoch, state: decode(bytes) };
  } catch (cause) {
    throw new LatentfillError(
      'run',
      `Expected a whole checkpoint in '${path}', got a damaged one: delete it to use the one before.`,
      {
        cause,
      },
    );
  }
}

// safetensors: the header's length (uint64), a JSON header of names, shapes and offsets, then the tensors.
async function encode(state: State): Promise<Uint8Array> {
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const name of state.names) {
    const { byteLength: length } = await state.read(name);
    header[name] = { dtype: 'F32', shape: state.shape(name), data_offsets: [at, at + length] };
    at += length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header).padEnd(8));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + at).fill(0x20, 8, start); // padded with spaces, as the format asks
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let to = start;
  for (const name of state.names) {
    const data = await state.read(name);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), to);
    to += data.byteLength;
  }
  return bytes;
}

function decode(bytes: Uint8Array): State {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  const { __metadata__: _, ...tensors } = header as Record<string, unknown>;
  const state = new State();
  for (const [name, entry] of Object.entries(tensors)) {
    const { shape, data_offsets } = tensorSchema.parse(entry);
    const [from, to] = data_offsets;
    if (start + to > bytes.length) throw new RangeError(`${name} ends behind the file`);
    state.add(name, shape, new Float32Array(new Uint8Array(bytes.subarray(start + from, start + to)).buffer));
  }
  return state;
}
