import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
} from 'onnx-buf';
import { beforeEach, expect, test } from 'vitest';
import { readOnnxFile } from '../../../src/model/import/onnx-file.ts';
import { torchGenerator } from '../../helpers/networks.ts';

let dir: string;
let folder: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-'));
  folder = join(dir, 'net');
  mkdirSync(folder);
});
const whole = torchGenerator();
const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });

/** Moves a tensor's bytes to a file, as exporters do. */
function externalise(tensor: TensorProto, entries: Record<string, string>): void {
  tensor.rawData = new Uint8Array();
  tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
  tensor.externalData = Object.entries(entries).map(([key, value]) => entry(key, value));
}

/** The generator with all weights in `weights.bin`; `change` may spoil the first tensor's entries. */
function write(change: Record<string, string | undefined> = {}): { path: string; bytes: Uint8Array } {
  const model = fromBinary(ModelProtoSchema, whole);
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [i, tensor] of model.graph!.initializer.entries()) {
    const data = tensor.rawData;
    const entries = { location: 'weights.bin', offset: `${offset}`, length: `${data.length}` };
    const changed = Object.entries(i === 0 ? { ...entries, ...change } : entries);
    externalise(tensor, Object.fromEntries(changed.flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]))));
    parts.push(data, new Uint8Array(7)); // exporters align; here everything is askew
    offset += data.length + 7;
  }
  const bytes = Buffer.concat(parts);
  writeFileSync(join(folder, 'weights.bin'), bytes);
  writeFileSync(join(folder, 'g.onnx'), toBinary(ModelProtoSchema, model));
  return { path: join(folder, 'g.onnx'), bytes };
}

test('weights in files beside the model are put in their place, and nothing else changes', async () => {
  const { path } = write();
  expect(Buffer.from(await readOnnxFile(path)).equals(Buffer.from(whole))).toBe(true);
  writeFileSync(path, whole);
  expect(Buffer.from(await readOnnxFile(path)).equals(Buffer.from(whole))).toBe(true);
});

test('offset and length may be left out, and a file may lie in a folder below or be a link within', async () => {
  const model = fromBinary(ModelProtoSchema, whole);
  mkdirSync(join(folder, 'data'));
  for (const [i, tensor] of model.graph!.initializer.entries()) {
    writeFileSync(join(folder, 'data', `${i}.bin`), tensor.rawData);
    symlinkSync(join(folder, 'data', `${i}.bin`), join(folder, `link${i}`));
    externalise(tensor, { location: i % 2 ? `data/${i}.bin` : `./link${i}` });
  }
  writeFileSync(join(folder, 'g.onnx'), toBinary(ModelProtoSchema, model));
  expect(Buffer.from(await readOnnxFile(join(folder, 'g.onnx'))).equals(Buffer.from(whole))).toBe(true);
});

test('tensors of constants and of inner graphs are found too', async () => {
  const model = fromBinary(ModelProtoSchema, whole);
  const tensor = model.graph!.initializer.shift()!;
  const data = tensor.rawData;
  writeFileSync(join(folder, 'w'), data);
  externalise(tensor, { location: 'w' });
  const { TENSOR, GRAPH } = AttributeProto_AttributeType;
  const value = create(AttributeProtoSchema, { name: 'value', type: TENSOR, t: tensor });
  const constant = create(NodeProtoSchema, { opType: 'Constant', output: [tensor.name], attribute: [value] });
  const g = create(GraphProtoSchema, { node: [constant] });
  const branch = create(AttributeProtoSchema, { name: 'then_branch', type: GRAPH, g });
  model.graph!.node.unshift(create(NodeProtoSchema, { opType: 'If', attribute: [branch] }));
  writeFileSync(join(folder, 'g.onnx'), toBinary(ModelProtoSchema, model));
  const read = fromBinary(ModelProtoSchema, await readOnnxFile(join(folder, 'g.onnx')));
  const found = read.graph!.node[0]!.attribute[0]!.g!.node[0]!.attribute[0]!.t!;
  expect(Buffer.from(found.rawData).equals(Buffer.from(data))).toBe(true);
  expect(found.externalData).toEqual([]);
  expect(found.dataLocation).toBe(TensorProto_DataLocation.DEFAULT);
});

test.each([
  ['the parent folder', { location: '../secret' }, /got '\.\.\/secret'/],
  ['a way round through a folder below', { location: 'data/../../secret' }, /got 'data\/\.\.\/\.\.\/secret'/],
  ['a way out and back', { location: '../net/weights.bin' }, /got '\.\.\/net\/weights\.bin'/],
  ['backslashes', { location: '..\\secret' }, /got '\.\.\\secret'/],
  ['an absolute path', { location: '/etc/passwd' }, /got '\/etc\/passwd'/],
  ['a drive', { location: 'C:\\secret' }, /got 'C:\\secret'/],
  ['a link out', { location: 'escape' }, /got 'escape', a link out of it/],
  ['a linked folder', { location: 'outside/secret' }, /got 'outside\/secret', a link out of it/],
  ['no file', { location: 'nothing.bin' }, /got 'nothing\.bin', which is missing/],
  ['a folder', { location: 'data' }, /got 'data', which is no file/],
  ['the folder itself', { location: '.' }, /a link out of it|no file/],
  ['an empty name', { location: '' }, /got no usable file name/],
  ['no name', { location: undefined }, /got no usable file name/],
  ['a zero in the name', { location: 'weights.bin\0.txt' }, /got no usable file name/],
  ['a negative offset', { offset: '-4' }, /got offset '-4'/],
  ['a negative length', { length: '-4' }, /got length '-4'/],
  ['an offset that is no number', { offset: '0x10' }, /got offset '0x10'/],
  ['a giant length', { length: '99999999999999999999' }, /got length '9+'/],
  ['a length past the end', { length: '999999999' }, /got bytes 0 to 999999999 of 'weights\.bin', which has/],
  ['an offset past the end', { offset: '999999999', length: undefined }, /got bytes 999999999 to/],
] as const)('external data outside the folder or the file is refused: %s', async (_name, change, message) => {
  writeFileSync(join(dir, 'secret'), Buffer.alloc(1e6));
  mkdirSync(join(folder, 'data'));
  symlinkSync(join(dir, 'secret'), join(folder, 'escape'));
  symlinkSync(dir, join(folder, 'outside'));
  const { path } = write(change);
  await expect(readOnnxFile(path)).rejects.toThrow(message);
  await expect(readOnnxFile(path)).rejects.toMatchObject({ name: 'LatentfillError' });
});

test('a folder whose name begins like the model’s is outside it', async () => {
  mkdirSync(join(dir, 'net-other'));
  writeFileSync(join(dir, 'net-other', 'w'), Buffer.alloc(1e6));
  symlinkSync(join(dir, 'net-other', 'w'), join(folder, 'w'));
  await expect(readOnnxFile(write({ location: 'w' }).path)).rejects.toThrow(/a link out of it/);
});

test('many tensors over one file cannot take more memory than a model may have', async () => {
  const model = fromBinary(ModelProtoSchema, whole);
  writeFileSync(join(folder, 'big'), Buffer.alloc(300e6));
  const [first] = model.graph!.initializer;
  externalise(first!, { location: 'big' });
  model.graph!.initializer = Array.from({ length: 10 }, () => first!);
  writeFileSync(join(folder, 'g.onnx'), toBinary(ModelProtoSchema, model));
  await expect(readOnnxFile(join(folder, 'g.onnx'))).rejects.toThrow(/below 2 GB with its weights, got 3\.0 GB/);
});

test('what is no model is told in one sentence', async () => {
  await expect(readOnnxFile(join(dir, 'none.onnx'))).rejects.toThrow(/got no such file/);
  await expect(readOnnxFile(dir)).rejects.toThrow(/got something that is no file/);
  const path = join(folder, 'g.onnx');
  for (const bytes of [
    new Uint8Array(),
    readFileSync(new URL(import.meta.url)),
    whole.subarray(0, whole.length >> 1),
  ]) {
    writeFileSync(path, bytes);
    await expect(readOnnxFile(path)).rejects.toThrow(/Expected an ONNX model, got \d+ bytes that are none/);
  }
  expect(existsSync(path)).toBe(true);
});
