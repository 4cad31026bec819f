/** Damaged networks of OpenVINO end in one sentence, soon and without much memory. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LatentfillError } from '../../../../src/base/errors.ts';
import { random } from '../../../../src/base/random.ts';
import { readOpenVino } from '../../../../src/model/import/openvino/convert.ts';
import { readOpenVinoFile } from '../../../../src/model/import/openvino/openvino-file.ts';
import { ofExtent } from '../../../helpers/extent.ts';

const xml = readFileSync(join(import.meta.dirname, 'layers.xml'), 'utf8');
const weights = new Uint8Array(readFileSync(join(import.meta.dirname, 'layers.bin')));

/** A network x → type → result, with some weights as a second input. */
function network(type: string, { data = '', constant = '', edges = '', dims = '1,2' } = {}): string {
  const ports = (side: string, count: number) =>
    `<${side}>${Array.from({ length: count }, (_, id) => `<port id="${id}" precision="FP32">${dims.replace(/\d+,?/g, '<dim>$&</dim>').replaceAll(',', '')}</port>`).join('')}</${side}>`;
  return `<net name="n" version="11"><layers>
    <layer id="0" name="x" type="Parameter"><data shape="${dims}" element_type="f32"/>${ports('output', 1)}</layer>
    <layer id="1" name="w" type="Const"><data ${constant || 'shape="1,2" element_type="f32" offset="0" size="8"'}/>${ports('output', 1)}</layer>
    <layer id="2" name="odd" type="${type}"><data ${data}/>${ports('input', 2)}${ports('output', 1)}</layer>
    <layer id="3" name="out" type="Result">${ports('input', 1)}</layer>
  </layers><edges>
    <edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
    <edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
    <edge from-layer="2" from-port="0" to-layer="3" to-port="0"/>${edges}
  </edges></net>`;
}

const circle = '<edge from-layer="2" from-port="0" to-layer="2" to-port="1"/>';
const constant = (offset: unknown, size: unknown, shape = '1,2', type = 'f32') =>
  network('Add', { constant: `shape="${shape}" element_type="${type}" offset="${offset}" size="${size}"` });

test('the small network itself is read', () => {
  expect(readOpenVino(network('Add'), weights).length).toBeGreaterThan(100);
});

test.each([
  ['no XML', 'PK\x03\x04', /Expected XML in the OpenVINO file, got text that is none \(.*\): download or convert/],
  ['another XML', '<html/>', /Expected a <net> of layers and edges .* got <html>/],
  ['an old version', network('Add').replace('"11"', '"7"'), /version 10 or 11 of the format .* got version '7'/],
  ['deep nesting', '<a>'.repeat(200_000), /Expected XML .*too deep a nesting/],
  ['no result', network('Add').replace('"Result"', '"Add"'), /a layer of type Result .* got none/],
  [
    'a missing edge',
    network('Add').replace('to-layer="2" to-port="1"', ''),
    /an edge to port 1 of the layer 'odd'.* none/,
  ],
  ['an edge from nowhere', network('Add').replace('from-layer="1"', 'from-layer="9"'), /'odd'.* got one from nowhere/],
  [
    'an output that is none',
    network('Add').replace('from-port="0" to-layer="3"', 'from-port="7" to-layer="3"'),
    /an output 7 of the layer 'odd'/,
  ],
  ['a circle', network('Add', { edges: circle }), /layers without circles .* got one through 'odd'/],
  [
    'an unknown layer',
    network('NormalizeL2'),
    /Expected layers of known types, got 'odd' of type NormalizeL2: export the network to ONNX/,
  ],
  ['a name of Object', network('constructor'), /got 'odd' of type constructor/],
  [
    'weights beyond the file',
    constant(2420, 8),
    /weights within the 2422 bytes .* in the layer 'w' \(Const\), got 8 bytes from 2420 on/,
  ],
  ['a giant size', constant(0, '900000000000000', '1,225000000000000'), /weights within the 2422 bytes/],
  ['a shape of another size', constant(0, 8, '1,3'), /12 bytes for \[1,3\] in the layer 'w' \(Const\), got 8/],
  ['an offset that is no number', constant('-4', 8), /whole numbers as 'offset' in the layer 'w'/],
  ['no offset', network('Add', { constant: 'shape="2" element_type="f32" size="8"' }), /weights within/],
  ['unknown elements', constant(0, 8, '1,2', 'nf4'), /elements of f32, .* got 'nf4'/],
  [
    'a computed axis',
    network('ReduceMean').replace('from-layer="1"', 'from-layer="0"'),
    /a constant as input 1 in the layer 'odd' \(ReduceMean\), got a computed value/,
  ],
  ['another broadcast', network('Add', { data: 'auto_broadcast="pdpd"' }), /a broadcast as NumPy's .* got 'pdpd'/],
  ['batches in Gather', network('Gather', { data: 'batch_dims="1"' }), /batch_dims of 0 .* got '1'/],
  ['too few inputs', network('Gather'), /an input 2 in the layer 'odd' \(Gather\), got none/],
  ['no attribute', network('Concat'), /a whole number as 'axis' .* got ''/],
  [
    'padding that is unknown',
    network('Convolution', { data: 'auto_pad="half"' }),
    /padding that is explicit, .* got 'half'/,
  ],
])('%s', (_, text, message) => {
  let error: unknown;
  try {
    readOpenVino(text, weights);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(LatentfillError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^Expected [^\n]+\.$/);
});

test('whatever is damaged, there is a model or a sentence', () => {
  const draw = random(7, 'damage');
  const below = (n: number) => Math.floor(draw() * n);
  const odd = [
    '',
    '-1',
    '0',
    '1',
    '7',
    '99999',
    '999999999999999',
    '1e9',
    'f16',
    'i64',
    'true',
    'valid',
    '"',
    '<',
    '&a;',
  ];
  let read = 0;
  for (const _ of Array.from({ length: ofExtent({ sample: 100, whole: 2000 }) })) {
    const values = [...xml.matchAll(/="([^"]*)"|<dim>(\d+)</g)];
    const at = values[below(values.length)]!;
    const start = at.index + (at[2] === undefined ? 2 : 5);
    const length = (at[1] ?? at[2])!.length;
    const text = xml.slice(0, start) + odd[below(odd.length)] + xml.slice(start + length);
    try {
      readOpenVino(
        draw() < 0.1 ? xml.slice(0, below(xml.length)) : text,
        weights.subarray(0, below(2) * 1e6 + below(2422)),
      );
      read++;
    } catch (error) {
      if (error instanceof LatentfillError && /^Expected .{10,3000}\.$/su.test(error.message)) continue;
      throw error;
    }
  }
  expect(read).toBeGreaterThan(5);
});

test('files that are missing are named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-openvino-'));
  const path = join(folder, 'net.xml');
  await expect(readOpenVinoFile(join(folder, 'net.bin'))).rejects.toThrow(
    /^Expected the \.xml file of a network .* got '.*net\.bin'/,
  );
  await expect(readOpenVinoFile(path)).rejects.toThrow(
    /^Expected a file of OpenVINO at '.*net\.xml', got no such file: check/,
  );
  writeFileSync(path, xml);
  await expect(readOpenVinoFile(path)).rejects.toThrow(/net\.bin', got no such file: keep it beside the \.xml file/);
  writeFileSync(join(folder, 'net.bin'), weights);
  expect(await readOpenVinoFile(path)).toEqual(readOpenVino(xml, weights));
});
