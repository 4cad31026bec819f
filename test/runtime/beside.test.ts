/** @file The package where npm has taken ONNX Runtime away, as it does when the download of its CUDA files fails. */

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** Only there does its install script download anything. */
const downloads = process.platform === 'linux' && process.arch === 'x64';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latentfill-beside-'));
  for (const name of ['dist', 'package.json', 'postinstall.mjs']) {
    await cp(join(root, name), join(folder, 'latentfill', name), { recursive: true });
  }
  await mkdir(join(folder, 'node_modules'));
  for (const name of ['@bufbuild', 'onnx-buf', 'zod']) {
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
    const passes = (path: string) => !/(darwin|win32|arm64)$/.test(path); // large, and for other machines
    await cp(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true, filter: passes });
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const node = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  promisify(execFile)(process.execPath, args, { cwd: join(folder, 'latentfill'), env: { ...process.env, ...env } });

const postinstall = (agent: string, omit = '') =>
  node(['postinstall.mjs'], { npm_config_user_agent: agent, npm_config_omit: omit });

/** What npm does when every script has run, and one of them has failed. */
async function takeAway(): Promise<void> {
  for (const name of ['onnxruntime-node', 'onnxruntime-common'])
    await rm(join(folder, 'node_modules', name), { recursive: true });
}

const run = `
  import { chooseDevice } from './dist/index.js';
  console.log((await chooseDevice('auto')).device);`;

test.runIf(downloads)('runs on what was kept', async () => {
  const { stdout, stderr } = await postinstall('npm/11.0.0 node/v20.19.0 linux x64');
  expect(stdout + stderr).toBe('');
  const library = 'onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1';
  const [kept, first] = [
    join(folder, 'latentfill/native/node_modules', library),
    join(folder, 'node_modules', library),
  ];
  expect((await stat(kept)).ino).toBe((await stat(first)).ino);
  await takeAway();
  expect((await node(['--input-type=module', '-e', run])).stdout).toMatch(/^(cpu|webgpu|cuda)\n$/);
});

test.each([
  ['pnpm/9.15.9 npm/? node/v20.19.0 linux x64', ''],
  ['npm/11.0.0 node/v20.19.0 linux x64', 'optional'],
  ['npm/11.0.0 node/v20.19.0 linux x64', 'dev optional'],
])('keeps nothing for %s omitting "%s", and says what to install', async (agent, omit) => {
  await postinstall(agent, omit);
  expect(await readdir(join(folder, 'latentfill'))).not.toContain('native');
  await takeAway();
  await expect(node(['--input-type=module', '-e', run])).rejects.toThrow(
    'Expected ONNX Runtime for Node, got none installed: run `npm i --ignore-scripts onnxruntime-node`.',
  );
});
