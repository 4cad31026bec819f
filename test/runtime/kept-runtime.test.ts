/** @file The package where npm has taken ONNX Runtime away, as it does when the download of its CUDA files fails. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installPackage } from '../helpers/installed.ts';

/** Only there does its install script download anything. */
const downloads = process.platform === 'linux' && process.arch === 'x64';
const RUNTIME = ['onnxruntime-node', 'onnxruntime-common'];
/** Chosen by runs of a convolution. */
const run = "console.log((await (await import('latentfill')).chooseDevice('auto')).device);";

type Installed = Awaited<ReturnType<typeof installPackage>>;

const postinstall = ({ node, own }: Installed, agent: string, omit = '') =>
  node([join(own, 'postinstall.mjs')], { npm_config_user_agent: agent, npm_config_omit: omit });

test.runIf(downloads)('runs on what was kept', async () => {
  await using installed = await installPackage(RUNTIME);
  const { stdout, stderr } = await postinstall(installed, 'npm/11.0.0 node/v20.19.0 linux x64');
  expect(stdout + stderr).toBe('');
  const library = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1';
  const [kept, first] = [join(installed.own, 'native', library), join(installed.folder, library)];
  expect((await stat(kept)).ino).toBe((await stat(first)).ino);
  for (const name of RUNTIME) await installed.remove(name); // as npm does when every script has run and one has failed
  expect(await installed.script(run)).toMatch(/^(cpu|webgpu|cuda)$/);
});

test.each([
  ['pnpm/9.15.9 npm/? node/v20.19.0 linux x64', ''],
  ['npm/11.0.0 node/v20.19.0 linux x64', 'optional'],
  ['npm/11.0.0 node/v20.19.0 linux x64', 'dev optional'],
])('keeps nothing for %s omitting "%s"', async (agent, omit) => {
  await using installed = await installPackage(RUNTIME);
  await postinstall(installed, agent, omit);
  expect(await readdir(installed.own)).not.toContain('native');
});

test('says what to install where there is none', async () => {
  await using installed = await installPackage([]);
  await postinstall(installed, 'npm/11.0.0 node/v20.19.0 linux x64');
  await expect(installed.script(run)).rejects.toThrow(
    'Expected ONNX Runtime for Node, got none installed: run `npm i --ignore-scripts onnxruntime-node`.',
  );
});
