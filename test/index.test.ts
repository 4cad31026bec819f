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
  expect(packages.sort()).toEqual(['#ort', '#ort/webgpu', '@bufbuild/protobuf', 'onnx-buf', 'zod']);
});

test('heavy parts are loaded only when they are needed', () => {
  const top = readFileSync(join(src, 'cli/main.ts'), 'utf8');
  expect(top).not.toMatch(/^import .*'\.\/(train|inpaint|sample|export|import|inspect)\.ts'/m);
  const loaded = [...importsOf(join(src, 'node.ts'), false).keys()];
  expect(loaded).toContain(join(src, 'image/codec.ts'));
  expect(loaded.filter((name) => /^(sharp|@resvg|@dicebear)/.test(name))).toEqual([]);
});

test('the Node entry has all of the browser’s', () => {
  for (const name of Object.keys(browser)) expect(node).toHaveProperty(name);
});
