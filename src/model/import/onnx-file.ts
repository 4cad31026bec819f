/** @file Reads an ONNX file from disk, together with its external weights files. Node only. */

import { open, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep, win32 } from 'node:path';
import { clearField, toBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import { LatentfillError } from '../../base/errors.ts';
import { decodeModel } from '../../graph/onnx/decode.ts';

/** The largest protobuf message, and so ONNX file. */
const MOST_BYTES = 2 ** 31 - 1;

/** A range of bytes in an external file. */
interface Stretch {
  readonly tensor: TensorProto;
  /** The file's path, with links resolved. */
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * The bytes of an ONNX model as one file, with external data embedded. After links are resolved, external files must
 * lie in the folder of `path`, so that a model cannot read other files of the user.
 * @throws LatentfillError for files that are missing, no model, too large, or that point outside.
 */
export async function readOnnxFile(path: string): Promise<Uint8Array> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) {
    throw new LatentfillError(
      'file',
      `Expected an ONNX file at '${path}', got ${info ? 'something that is no file' : 'no such file'}: check the name.`,
    );
  }
  checkSize(info.size, path);
  const bytes = await readFile(path);
  const model = decodeModel(bytes);
  const tensors = [...tensorsOf(model.graph), ...model.functions.flatMap(({ node }) => tensorsOfNodes(node))];
  const outside = tensors.filter(({ dataLocation }) => dataLocation === TensorProto_DataLocation.EXTERNAL);
  if (outside.length === 0) return bytes;
  const folder = await realpath(dirname(path));
  const stretches: Stretch[] = [];
  for (const tensor of outside) stretches.push(await locate(tensor, folder));
  checkSize(
    stretches.reduce((sum, { length }) => sum + length, bytes.length),
    path,
  );
  for (const stretch of stretches) await fill(stretch);
  return toBinary(ModelProtoSchema, model);
}

function checkSize(bytes: number, path: string): void {
  if (bytes <= MOST_BYTES) return;
  throw new LatentfillError(
    'network',
    `Expected a model below 2 GB with its weights, got ${(bytes / 1e9).toFixed(1)} GB from '${path}': export it in float16.`,
  );
}

/** Every tensor of a graph, including those in attributes and subgraphs. */
function tensorsOf({ initializer, sparseInitializer, node }: GraphProto): TensorProto[] {
  const sparse = sparseInitializer.flatMap(({ values, indices }) => [values, indices].flatMap((t) => t ?? []));
  return [...initializer, ...sparse, ...tensorsOfNodes(node)];
}

function tensorsOfNodes(nodes: readonly NodeProto[]): TensorProto[] {
  return nodes
    .flatMap(({ attribute }) => attribute)
    .flatMap(({ t, g, tensors, graphs, sparseTensor, sparseTensors }) => [
      ...[t, ...tensors, sparseTensor?.values, sparseTensor?.indices].flatMap((tensor) => tensor ?? []),
      ...sparseTensors.flatMap(({ values, indices }) => [values, indices].flatMap((tensor) => tensor ?? [])),
      ...[...(g ? [g] : []), ...graphs].flatMap(tensorsOf),
    ]);
}

/** The place of a tensor's data, checked. Nothing is read before the tensors all pass this check. */
async function locate(tensor: TensorProto, folder: string): Promise<Stretch> {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  const refuse = (what: string): never => {
    throw new LatentfillError(
      'network',
      `Expected the weights '${tensor.name}' within a file in the model's folder, got ${what}: export the model again, or copy all of its files into one folder.`,
    );
  };
  const parts = location.split(/[\\/]/);
  if (location === '' || location.includes('\0')) refuse('no usable file name');
  if (isAbsolute(location) || win32.isAbsolute(location) || parts.includes('..')) refuse(`'${location}'`);
  const path = await realpath(join(folder, ...parts)).catch(() => refuse(`'${location}', which is missing`));
  if (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) refuse(`'${location}', a link out of it`);
  const info = await stat(path);
  if (!info.isFile()) refuse(`'${location}', which is no file`);
  const number = (key: string, otherwise: number): number => {
    const text = entries.get(key);
    if (text === undefined) return otherwise;
    return /^\d{1,15}$/.test(text) ? Number(text) : refuse(`${key} '${text}'`);
  };
  const offset = number('offset', 0);
  const length = number('length', info.size - offset);
  if (length < 0 || offset + length > info.size) {
    refuse(`bytes ${offset} to ${offset + length} of '${location}', which has ${info.size}`);
  }
  return { tensor, path, offset, length };
}

async function fill({ tensor, path, offset, length }: Stretch): Promise<void> {
  const data = new Uint8Array(length);
  await using file = await open(path, 'r');
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(data, done, length - done, offset + done);
    if (bytesRead === 0)
      throw new LatentfillError('file', `Expected '${path}' to stay as it is while it is read, got its end.`);
    done += bytesRead;
  }
  tensor.rawData = data;
  tensor.externalData = [];
  clearField(tensor, TensorProtoSchema.field.dataLocation);
}
