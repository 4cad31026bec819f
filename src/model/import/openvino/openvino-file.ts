/** @file Reads a network of OpenVINO from disk: its .xml file and the .bin file beside it. Node only. */

import { readFile, stat } from 'node:fs/promises';
import { LatentfillError } from '../../../base/errors.ts';
import { readOpenVino } from './convert.ts';

/** The largest file that is read: no ONNX model may be larger. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of an ONNX model from a network of OpenVINO: `path` names its .xml file.
 * @throws LatentfillError for files that are missing, too large or no network, as {@link readOpenVino}.
 */
export async function readOpenVinoFile(path: string): Promise<Uint8Array> {
  if (!/\.xml$/i.test(path)) {
    throw new LatentfillError(
      'file',
      `Expected the .xml file of a network of OpenVINO, got '${path}': name that file.`,
    );
  }
  const xml = (await read(path, 'check the name')).toString('utf8');
  const weights = path.replace(/\.xml$/i, '.bin');
  return readOpenVino(xml, await read(weights, `keep it beside the .xml file, under the same name`));
}

async function read(path: string, todo: string): Promise<Buffer> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) {
    throw new LatentfillError(
      'file',
      `Expected a file of OpenVINO at '${path}', got ${info ? 'something that is no file' : 'no such file'}: ${todo}.`,
    );
  }
  if (info.size > MOST_BYTES) {
    throw new LatentfillError(
      'network',
      `Expected files below 2 GB, got ${(info.size / 1e9).toFixed(1)} GB in '${path}': convert the network with weights of float16.`,
    );
  }
  return readFile(path);
}
