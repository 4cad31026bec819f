/** @file `npm run bench:agreement`: how far gradients are from their framework's own, for each family of exported models on each device. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumPath, serveSite } from '../test/helpers/chromium.ts';
import { type ModelCase, modelAgreement } from '../test/helpers/exported.ts';
import { modelCases } from '../test/helpers/models.ts';
import { printTable } from './table.ts';

/** Debian's chromium brings SwiftShader, a GPU made of software, for machines that have none. */
const SWIFTSHADER = '/usr/lib/chromium';

type Found = Readonly<Record<string, number>>;

async function all(run: (model: ModelCase) => Promise<number>): Promise<Found> {
  const found: Record<string, number> = {};
  for (const model of modelCases()) {
    const began = performance.now();
    found[model.name] = await run(model);
    const seconds = (performance.now() - began) / 1000;
    console.error(`  ${model.name}: ${found[model.name]!.toExponential(1)}, ${seconds.toFixed(1)} s`);
  }
  return found;
}

/** WebGPU under Node, in a process of its own: it looks for the GPU by the environment it began with. */
function webgpuOnNode(): Found | string {
  const icd = join(SWIFTSHADER, 'vk_swiftshader_icd.json');
  const env = existsSync(icd) ? { LD_LIBRARY_PATH: SWIFTSHADER, VK_ICD_FILENAMES: icd } : {};
  const child = spawnSync(process.execPath, ['--import', 'tsx', import.meta.filename, '--webgpu'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return child.status === 0 ? (JSON.parse(child.stdout.toString()) as Found) : 'no adapter';
}

async function inChromium(device: 'wasm' | 'webgpu'): Promise<Found | string> {
  if (!chromiumPath) return 'no Chromium';
  await using site = await serveSite(join(import.meta.dirname, '../test/browser'));
  const { page } = await site.open();
  await page.waitForFunction('globalThis.tasks !== undefined');
  return await all((model) => page.evaluate(`tasks.modelAgreement(${JSON.stringify({ model, device })})`));
}

if (process.argv[2] === '--webgpu') {
  console.log(JSON.stringify(await all((model) => modelAgreement(model, 'webgpu'))));
  process.exit(0);
}

const devices = {
  'Node CPU': await all((model) => modelAgreement(model, 'cpu')),
  'Node WebGPU': webgpuOnNode(),
  'Chromium wasm': await inChromium('wasm'),
  'Chromium WebGPU': await inChromium('webgpu'),
};
const families = [...new Set(modelCases().map(({ family }) => family))];
const cell = (found: Found | string, family: string) => {
  if (typeof found === 'string') return found;
  const own = modelCases().filter((model) => model.family === family);
  return Math.max(...own.map(({ name }) => found[name]!)).toExponential(1);
};
console.log("largest difference of any output or gradient from the framework's own, as a part of the largest number");
printTable(
  ['family', 'models', ...Object.keys(devices)],
  families.map((family) => [
    family,
    modelCases().filter((model) => model.family === family).length,
    ...Object.values(devices).map((found) => cell(found, family)),
  ]),
);
process.exit(0);
