/** @file The built package in a folder of its own, beside the packages that a test wants there and no others. */

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
/** What is installed wherever latentfill is. */
const ALWAYS = ['@bufbuild/protobuf', 'citty', 'onnx-buf', 'zod'];

/** Not what ONNX Runtime has for other machines, which is large. */
function isForHere(path: string): boolean {
  const [platform, arch] = path.split(/napi-v6[\\/]/)[1]?.split(/[\\/]/) ?? [];
  return (platform ?? process.platform) === process.platform && (arch ?? process.arch) === process.arch;
}

/** Installs the package as npm would, with what it always needs and `packages` beside it. */
export async function installPackage(packages: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'latentfill-installed-'));
  const own = join(folder, 'node_modules/latentfill');
  for (const name of ['dist', 'package.json', 'postinstall.mjs']) {
    await cp(join(root, name), join(own, name), { recursive: true });
  }
  for (const name of [...ALWAYS, ...packages]) {
    const to = join(folder, 'node_modules', name);
    await mkdir(dirname(to), { recursive: true });
    await cp(join(root, 'node_modules', name), to, { recursive: true, filter: isForHere });
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
