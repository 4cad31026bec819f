/** Other and damaged files of PyTorch end in one sentence; nothing in them is run. */

import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { LatentfillError } from '../../../../src/base/errors.ts';
import { random } from '../../../../src/base/random.ts';
import { readTorchGenerator } from '../../../../src/model/import/torch/generator.ts';
import { readTorchFile } from '../../../../src/model/import/torch/generator-file.ts';
import { ofExtent } from '../../../helpers/extent.ts';

const file = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, name)));
const read = (bytes: Uint8Array) => readTorchGenerator(bytes, { architecture: 'dcgan' });
const files = unzipSync(file('state.pt'));
const latin = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const pickle = Buffer.from(files['state/data.pkl']!).toString('latin1');

/** The state dictionary's file with another pickle, or without some files. */
function zipped(text: string, without?: string): Uint8Array {
  const others = Object.entries(files).filter(([name]) => name !== without);
  return zipSync({ ...Object.fromEntries(others), 'state/data.pkl': latin(text) }, { level: 0 });
}

/** The pickle with one text of some length in place of another. */
const renamed = (from: string, to: string) => pickle.replaceAll(from, to);

const marker = join(tmpdir(), `latentfill-torch-${process.pid}`);

test('the same file, packed again, is read', () => {
  expect(read(zipped(pickle))).toEqual(read(file('state.pt')));
  expect(read(zipSync(files, { level: 9 }))).toEqual(read(file('state.pt')));
});

test.each([
  ['text', latin('hello'), /Expected a file that torch\.save wrote, got /],
  ['nothing', new Uint8Array(), /Expected a file that torch\.save wrote, got one that ends too soon/],
  ['another pickle', latin('\x80\x02}q\x00.'), /got a pickle that torch\.save did not write/],
  ['another zip file', zipSync({ 'a.txt': latin('a') }), /got a zip file without data\.pkl/],
  ['half a zip file', file('state.pt').subarray(0, 4000), /got a damaged zip file/],
  ['half a legacy file', file('legacy.pt').subarray(0, 4000), /got one that ends within the storage/],
  ['big-endian numbers', zipSync({ ...files, 'state/byteorder': latin('big') }), /highest byte first/],
  ['no storage', zipped(pickle, 'state/data/0'), /got a tensor without its storage '0'/],
  [
    'a dictionary of other things',
    zipped('\x80\x02}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00bNu.'),
    /got a dictionary of 'a', 'b' without tensors/,
  ],
  [
    'a dictionary of itself',
    zipped('\x80\x02}q\x00X\x01\x00\x00\x00gh\x00s.'),
    /got a dictionary of 'g' without tensors/,
  ],
  ['a list', zipped('\x80\x02].'), /got a value without tensors: save netG\.state_dict/],
  ['an object', zipped('\x80\x02cmy\nThing\n)\x81.'), /got a my\.Thing without tensors/],
  [
    'a command to run',
    zipped(`\x80\x02cos\nsystem\nX${String.fromCharCode(6 + marker.length)}\0\0\0touch ${marker}\x85R.`),
    /got a os\.system without tensors/,
  ],
  [
    'other elements',
    zipped(renamed('FloatStorage', 'QInt8Storage')),
    /elements of the unknown type torch\.QInt8Storage/,
  ],
  [
    'other layers',
    zipped(renamed('main.0.weight', 'main.0.kernel')),
    /got a layer 'main\.0' besides .* with the tensors main\.0\.kernel \[6,5,4,4\], main\.1\.weight \[5\]/,
  ],
  [
    'no running mean',
    zipped(renamed('main.1.running_mean', 'main.1.running_xxxx')),
    /besides convolutions and batch norm/,
  ],
])('%s', (_, bytes, message) => {
  let error: unknown;
  try {
    read(bytes);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(LatentfillError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^Expected [^\n]+\.$/);
  expect(existsSync(marker)).toBe(false);
});

test('another architecture and other bytes are refused', () => {
  expect(() => readTorchGenerator(file('state.pt'), { architecture: 'toString' as never })).toThrow(
    /^Expected the bytes .* 'toString'/,
  );
  expect(() => readTorchGenerator('state.pt' as never, { architecture: 'dcgan' })).toThrow(
    /^Expected the bytes .* got string/,
  );
});

test('whatever is damaged, there is a model or a sentence', () => {
  const draw = random(7, 'damage');
  const below = (n: number) => Math.floor(draw() * n);
  const sources = [
    ...['legacy.pt', 'module-legacy.pt'].map((name) => ({ name, bytes: file(name), to: 2600 })),
    ...['state.pt', 'module.pt', 'checkpoint.tar'].flatMap((name) => [
      { name, bytes: file(name), to: file(name).length },
      { name, bytes: file(name), to: 1500 },
    ]),
  ];
  let done = 0;
  for (let i = 0; i < ofExtent({ sample: 800, whole: 20_000 }); i++) {
    const { bytes, to } = sources[i % sources.length]!;
    const damaged = bytes.slice(0, draw() < 0.05 ? below(bytes.length) : bytes.length);
    for (let k = 0; k <= below(3); k++) damaged[below(to)] = draw() < 0.5 ? below(256) : 0x28 + below(90);
    try {
      read(damaged);
      done++;
    } catch (error) {
      if (error instanceof LatentfillError && /^Expected .{10,5000}\.$/su.test(error.message)) continue;
      throw error;
    }
  }
  expect(done).toBeGreaterThan(50);
});

test('a file that is missing is named', async () => {
  await expect(readTorchFile('none.pt', { architecture: 'dcgan' })).rejects.toThrow(
    /^Expected a file of PyTorch at 'none\.pt', got no such file: check the name\.$/,
  );
});
