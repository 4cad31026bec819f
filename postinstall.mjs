/**
 * @file After an install by npm: ONNX Runtime stays, also where its own install script fails.
 *
 * On Linux x64 that script downloads files for CUDA from another place than the registry. Where the place cannot be
 * reached, npm takes the whole package away, as it is an optional one, but only after every script has run. This script
 * gives its files for the CPU second names (hard links: no bytes more) in `native/`, where src/runtime/kept-runtime.ts looks
 * when the package itself is gone. It never fails an install. Plain JavaScript, without dependencies: nothing is built
 * when it runs in a clone.
 */

import { execSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const native = join(here, 'native');

/** The folder of a package as modules at `from` see it; undefined where it is not installed. */
function folderOf(name, from) {
  const paths = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  return paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
}

/** All files under a folder that pass. */
function filesUnder(folder, passes) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => passes(relative(folder, path)));
}

function link(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // a file system without hard links
  }
}

/** Gives the files of ONNX Runtime that the CPU needs on this platform second names in `native/`. */
function keep(runtime) {
  const common = folderOf('onnxruntime-common', runtime);
  if (!common) return;
  rmSync(native, { recursive: true, force: true });
  const platform = join('bin', 'napi-v6', process.platform, process.arch);
  const needed = (path) => !path.startsWith('bin') || (path.startsWith(platform) && !path.includes('providers'));
  for (const folder of [runtime, common]) {
    const name = folder === runtime ? 'onnxruntime-node' : 'onnxruntime-common';
    const passes = (path) => needed(path) && !/^(script|node_modules)\b|\.map$/.test(path);
    for (const path of filesUnder(folder, passes))
      link(path, join(native, 'node_modules', name, relative(folder, path)));
  }
}

/** In a clone npm has already taken the package away: npm brings it back, this time without its script. */
function bringBack() {
  execSync('npm install --ignore-scripts --no-save --no-audit --no-fund', { cwd: here, stdio: 'inherit' });
}

/** Whether the runtime's own script may fail: where it downloads, unless the files are there already. */
function mayFail(runtime) {
  const { scripts } = JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8'));
  const cuda = join(runtime, 'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so');
  return process.platform === 'linux' && process.arch === 'x64' && Boolean(scripts?.postinstall) && !existsSync(cuda);
}

const npm = process.env.npm_config_user_agent?.startsWith('npm/') ?? false;
const omitted = (process.env.npm_config_omit ?? '').split(/[\s,]+/).includes('optional');
const clone = existsSync(join(here, 'src'));

if (npm && !omitted) {
  try {
    const runtime = folderOf('onnxruntime-node', here);
    if (clone && !runtime) bringBack();
    else if (!clone && runtime && mayFail(runtime)) keep(runtime);
  } catch (error) {
    console.warn(
      `latentfill: ONNX Runtime was not kept (${error.message}); if it is missing: npm i --ignore-scripts onnxruntime-node`,
    );
  }
}
