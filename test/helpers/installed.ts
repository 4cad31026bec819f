/** @file The built package in a folder of its own, beside the packages that a test wants there and no others. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
/** What is installed wherever latentfill is. */
const ALWAYS = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies);

/** Not what ONNX Runtime has for other machines, which is large. */
function isForHere(path: string): boolean {
  const [platform, arch] = path.split(/napi-v6[\\/]/)[1]?.split(/[\\/]/) ?? [];
  return (platform ?? process.platform) === process.platform && (arch ?? process.arch) === process.arch;
}

/** Copies a folder by names of the same files, or byte by byte to another disk. Nothing may write into these files. */
async function copy(from: string, to: string): Promise<void> {
  const files = (await readdir(from, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(from, join(entry.parentPath, entry.name))).filter(isForHere);
  for (const folder of new Set(paths.map((path) => dirname(join(to, path))))) await mkdir(folder, { recursive: true });
  for (const path of paths) {
    await link(join(from, path), join(to, path)).catch(() => cp(join(from, path), join(to, path)));
  }
}

/** Installs the package as npm would, with what it always needs and `packages` beside it. */
export async function installPackage(packages: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'latentfill-installed-'));
  const own = join(folder, 'node_modules/latentfill');
  for (const name of ['dist', 'package.json', 'postinstall.mjs']) {
    await cp(join(root, name), join(own, name), { recursive: true });
  }
  for (const name of [...ALWAYS, ...packages]) {
    await copy(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return {
    folder,
    own,
    /** Runs Node in the folder; `env` is added to the environment. */
    node: (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
      promisify(execFile)(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } }),
    /** What a module of this source prints. */
    async script(source: string): Promise<string> {
      return (await this.node(['--input-type=module', '-e', source])).stdout.trim();
    },
    remove: (name: string) => rm(join(folder, 'node_modules', name), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
