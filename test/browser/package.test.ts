/** @file The package as others install it: in Vite's development server and in what Vite builds, without configuration. */

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumMissing, chromiumPath, serveSite, twoThreads } from '../helpers/chromium.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentfill-package-'));
  const install = (from: string, to = from) =>
    cp(join(root, from), join(folder, 'node_modules', to), {
      recursive: true,
      filter: (path) => !/\.map$|\.jsep\.|\.jspi\./.test(path), // large, and not asked for
    });
  for (const name of ['dist', 'package.json']) await install(name, `latentfill/${name}`);
  for (const name of ['@bufbuild', '@rgrove', 'fflate', 'onnx-buf', 'onnxruntime-common', 'onnxruntime-web', 'zod']) {
    await install(`node_modules/${name}`, name);
  }
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await mkdir(join(folder, 'site'));
  await writeFile(join(folder, 'site/index.html'), '<!doctype html><script type="module" src="main.js"></script>');
  // What a page does with its document must not be done by ONNX Runtime's threads.
  await writeFile(
    join(folder, 'site/main.js'),
    "import * as latentfill from 'latentfill';\ndocument.title = 'page';\nglobalThis.latentfill = latentfill;\n",
  );
  await cp(join(root, 'models/fashion-32'), join(folder, 'site/public/model'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.skipIf(!chromiumPath).each(['built', 'in development'] as const)(
  `works where it is installed, ${chromiumPath ? '%s' : `%s (${chromiumMissing})`}`,
  async (how) => {
    await using site = await serveSite(join(folder, 'site'), { development: how === 'in development' });
    const { page, errors } = await site.open();
    await page.waitForFunction('globalThis.latentfill !== undefined');
    await twoThreads(page);
    expect(await page.evaluate("latentfill.chooseDevice('auto')")).toMatchObject({
      device: 'wasm',
      reason: expect.stringMatching(
        /^wasm took [\d.]+ ms for a trial, webgpu is missing \(only google swiftshader.*; it takes 2 threads/,
      ),
    });
    expect(await page.evaluate("latentfill.chooseDevice('webgpu')")).toMatchObject({ device: 'webgpu' });
    const filled = await page.evaluate<{ device: string; candidates: number }>(`(async () => {
      const file = async (name) => (await fetch('model/' + name)).arrayBuffer();
      const json = async (name) => JSON.parse(new TextDecoder().decode(await file(name)));
      const model = latentfill.openModel(
        latentfill.cardSchema.parse(await json('model.json')),
        new Uint8Array(await file('generator.onnx')),
        new Uint8Array(await file('discriminator.onnx')),
        latentfill.vocabularySchema.parse(await json('vocabulary.json')),
      );
      await using inpainter = await latentfill.openInpainter(model, { where: 'worker' });
      const [{ image }] = await inpainter.sample(1);
      const { candidates } = await inpainter.inpaint({ image, mask: latentfill.centreHole(32, 32) }, { steps: 7 });
      return { device: inpainter.device, candidates: candidates.length };
    })()`);
    expect(filled).toEqual({ device: 'wasm', candidates: 8 });
    expect(errors).toEqual([]);
  },
  120_000,
);
