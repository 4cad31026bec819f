import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import * as browser from '../src/index.ts';
import * as node from '../src/node.ts';

const src = join(import.meta.dirname, '../src');

/** Every module that a file imports at run time, through and through; `lazily` counts imports that wait to be called. */
function importsOf(file: string, lazily = true, seen = new Map<string, string>()): Map<string, string> {
  const code = readFileSync(file, 'utf8').replace(/^(import|export) type .*$/gm, '');
  for (const [, first, called] of code.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|import\('([^']+)'\)/gm)) {
    const from = first ?? (lazily ? called : undefined);
    if (from === undefined) continue;
    const target = from.startsWith('.') ? join(dirname(file), from) : from;
    if (seen.has(target)) continue;
    seen.set(target, file);
    if (from.startsWith('.')) importsOf(target, lazily, seen);
  }
  return seen;
}

test('the browser-safe entry reaches nothing of Node', () => {
  const packages = [...importsOf(join(src, 'index.ts')).keys()].filter((name) => !name.startsWith('/'));
  expect(packages.sort()).toEqual([
    '#ort',
    '#ort/webgpu',
    '@bufbuild/protobuf',
    '@rgrove/parse-xml',
    'fflate',
    'ml-matrix',
    'onnx-buf',
    'zod',
  ]);
});

test('heavy parts are loaded only when they are needed', () => {
  const top = readFileSync(join(src, 'cli/main.ts'), 'utf8');
  expect(top).not.toMatch(/^import .*'\.\/(train|inpaint|sample|export|import|inspect)\.ts'/m);
  const loaded = [...importsOf(join(src, 'node.ts'), false).keys()];
  expect(loaded).toContain(join(src, 'image/image-file.ts'));
  expect(loaded.filter((name) => /^(sharp|@resvg|@dicebear)/.test(name))).toEqual([]);
});

test('the Node entry has all of the browser’s', () => {
  for (const name of Object.keys(browser)) expect(node).toHaveProperty(name);
});

test('what is called without what it needs, or with what it does not take, says so', async () => {
  const nothing = undefined as never;
  const refused = async (work: Promise<unknown>, sentence: RegExp) => {
    const error = await work.then(
      () => undefined,
      (caught) => caught,
    );
    expect(error).toBeInstanceOf(node.LatentfillError);
    expect(error).toMatchObject({ code: 'options', message: expect.stringMatching(sentence) });
  };
  const heldout = { size: 32, split: 'test' as never };
  await refused(node.loadModel(nothing), /the name of a model, got undefined/);
  await refused(node.openDataset(nothing, { size: 32, split: 'train' }), /a data source as text, got undefined/);
  await refused(node.openDataset('toon', nothing), /Expected { size, split, count, source }, got null/);
  await refused(node.openDataset('toon', heldout), /the split 'train' or 'heldout', got 'test'/);
  await refused(node.openDataset('toon', { size: 0, split: 'train' }), /above 0 as the size, got 0/);
  await refused(
    node.importModel(nothing, { name: 'x', latent: 'normal', range: [0, 1] }),
    /bytes of an ONNX file, got undefined/,
  );
  await refused(node.importModel({ generator: new Uint8Array(), discriminator: null }, nothing), /got null/);
  const source = { source: 'toon', size: 32, split: 'train' } as const;
  await refused(node.train({ widht: 3 } as never, source, { out: 'never' }).next(), /a valid recipe, got .*widht/);
  await refused(node.train({}, nothing, { out: 'never' }).next(), /to train on, got undefined/);
  await refused(node.train({}, source, nothing).next(), /Expected { out, resume, device, signal }, got null/);
  const model = await node.loadModel('toon-64');
  const masked = { image: node.image(64, 64, 3), mask: node.centreHole(64, 64) };
  const { signal } = new AbortController();
  await refused(node.inpaint(model, masked, {}, signal as never), /got a signal alone: give { signal }/);
  await refused(node.inpaint(model, masked, {}, { onstep: () => {} } as never), /got 'onstep'/);
});
