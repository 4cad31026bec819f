/** @file Reads the weights of a generator in a file of PyTorch from disk. Node only. */

import { readFile, stat } from 'node:fs/promises';
import { LatentfillError } from '../../../base/errors.ts';
import { readTorchGenerator, type TorchOptions } from './generator.ts';

/** The largest file that is read: no ONNX model may be larger. */
const MOST_BYTES = 2 ** 31 - 1;

/** As {@link readTorchGenerator}, of the file at `path`. @throws LatentfillError also for a file that is missing or too large. */
export async function readTorchFile(path: string, options: TorchOptions): Promise<Uint8Array> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) {
    throw new LatentfillError(
      'file',
      `Expected a file of PyTorch at '${path}', got ${info ? 'something that is no file' : 'no such file'}: check the name.`,
    );
  }
  if (info.size > MOST_BYTES) {
    throw new LatentfillError(
      'network',
      `Expected a file below 2 GB, got ${(info.size / 1e9).toFixed(1)} GB in '${path}': save netG.state_dict() by itself.`,
    );
  }
  return readTorchGenerator(await readFile(path), options);
}
