/** @file The declarations of the package, compiled as others compile them: against their own settings, with nothing skipped. */

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const typescript = join(root, 'node_modules/typescript/bin/tsc');

/** What the package depends on. Neither onnxruntime-web nor Node's types are among it. */
const DEPENDENCIES = ['@bufbuild/protobuf', 'onnx-buf', 'zod'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentfill-types-'));
  const installed = join(folder, 'node_modules');
  for (const name of ['dist', 'package.json']) {
    await cp(join(root, name), join(installed, 'latentfill', name), { recursive: true });
  }
  for (const name of DEPENDENCIES) await link(name);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function link(name: string): Promise<void> {
  const path = join(folder, 'node_modules', name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(root, 'node_modules', name), path);
}

/** What tsc says of a program; nothing where it compiles. */
async function compiled(source: string, settings: Readonly<Record<string, unknown>>): Promise<string> {
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022', 'dom'], types: [], module: 'esnext', moduleResolution: 'bundler' },
    ...{ strict: true, skipLibCheck: false, noEmit: true, ...settings },
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  await writeFile(join(folder, 'main.ts'), source);
  return new Promise((resolve) => {
    execFile(process.execPath, [typescript, '-p', folder], (error, stdout) => resolve(error ? stdout : ''));
  });
}

const PAGE = `
import { centreHole, type Inpainter, inpaint, type Model, openInpainter } from 'latentfill';
export async function fill(model: Model): Promise<number> {
  const inpainter: Inpainter = await openInpainter(model, { device: 'auto', where: 'worker' });
  const [sample] = await inpainter.sample(1);
  const { candidates } = await inpainter.inpaint({ image: sample!.image, mask: centreHole(8, 8) }, { steps: 3 });
  await inpainter[Symbol.asyncDispose]();
  const loss: number = candidates[0]!.losses.total;
  return loss;
}
export const once: typeof inpaint = inpaint;
`;

const GRAPH = `
import { compile, type Feeds, grad, input, mul, type Program, State, sub, sum, type Value } from 'latentfill/graph';
const x: Value = input('x', [3]);
const [dx] = grad(sum(mul(x, x)), [x]);
const state = new State().add('x', x.shape, Float32Array.of(1, 2, 3));
export async function descend(feeds: Feeds): Promise<number> {
  const program: Program = await compile({ dx: dx! }, { state, updates: { x: sub(x, dx!) }, device: 'auto' });
  const { dx: got } = await program.run(feeds, { signal: AbortSignal.timeout(100) });
  await program[Symbol.asyncDispose]();
  return got![0]! + (await state.read('x'))[0]!;
}
`;

test('compiles in a page, without ONNX Runtime and without types of Node', async () => {
  expect(await compiled(PAGE + GRAPH, {})).toBe('');
  expect(await compiled(PAGE + GRAPH, { lib: ['esnext', 'dom'], exactOptionalPropertyTypes: true })).toBe('');
});

test('what is wrong does not compile, nor what programs alone may do with a state', async () => {
  const internal = ["far('x')", "back('x')", "here('x')", "bringBack('x')", "take('x', {} as never)"];
  const calls = internal.map((call) => `state.${call};\n`).join('');
  const told = await compiled(PAGE.replace("'auto'", "'gpu'") + GRAPH + calls, {});
  expect([...told.matchAll(/error (TS\d+)/g)].map(([, code]) => code)).toEqual([
    'TS2322', // not a device
    ...internal.map(() => 'TS2339'), // no such property
  ]);
});

test('latentfill/node compiles under Node', async () => {
  await link('@types/node');
  await link('undici-types');
  const source =
    "import { loadModel, openInpainter } from 'latentfill/node';\n" +
    "export const inpainter = await openInpainter(await loadModel('models/toon-64'));\n";
  const settings = { lib: ['es2022'], types: ['node'], module: 'nodenext', moduleResolution: 'nodenext' };
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  expect(await compiled(source, settings)).toBe('');
});
