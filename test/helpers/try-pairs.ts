/** @file Fills random pairs through the library and through the built command line. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { layInto, onWhite } from '../../src/image/transparency.ts';
import type { Inpainter } from '../../src/inpaint/inpainter.ts';
import type { Options } from '../../src/inpaint/options-type.ts';
import { faultsOf, faultsOfFile, isOurSentence, isSentence, randomPair, writePairs } from './random-pairs.ts';

/** How pairs ended. */
export interface Outcomes {
  readonly filled: number;
  readonly refused: number;
  readonly faults: readonly string[];
}

/** Few steps: what is tried is what surrounds the search. */
const quick: Options = { steps: 2, screen: 8, restarts: 2 };

/** Options in turn, so that every way to weigh, see and blend is met. */
const inTurn: readonly Options[] = [{}, { window: 7 }, { blend: 'paste' }, { context: 1.2 }, { preset: 'bamos' }];

/** Fills pairs one by one, by inpainters in turn. */
export async function tryLibrary(inpainters: readonly Inpainter[], numbers: readonly number[]): Promise<Outcomes> {
  let [filled, refused] = [0, 0];
  const faults: string[] = [];
  for (const i of numbers) {
    const { about, layer, hole } = randomPair(i);
    try {
      const options = { ...inTurn[i % inTurn.length], ...quick };
      const inpainter = inpainters[i % inpainters.length]!;
      const result = await inpainter.inpaint({ image: onWhite(layer), mask: hole }, options);
      const { losses } = result.candidates[0]!;
      if (!Number.isFinite(losses.total)) faults.push(`${about}: a loss of ${losses.total}`);
      const after = layInto(layer, hole, await result.blended());
      faults.push(...faultsOf(layer, after, hole).map((fault) => `${about}: ${fault}`));
      filled++;
    } catch (error) {
      if (isSentence(error)) refused++;
      else faults.push(`${about}: ${error}`);
    }
  }
  return { filled, refused, faults };
}

/** Fills a folder of pairs by one call of the command line. */
export async function tryCommandLine(cli: string, folder: string, numbers: readonly number[]): Promise<Outcomes> {
  await writePairs(folder, numbers);
  const flags = Object.entries(quick).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const { code, stderr } = await run(cli, ['inpaint', 'in', '--mask', 'masks', '--out', 'out', ...flags], folder);
  const faults: string[] = [];
  let [filled, refused] = [0, 0];
  const told = new Map<number, string>();
  for (const line of stderr.split('\n')) {
    const [, name, reason] = /^latentfill: 'in\/(\d+)\.png' was not filled: (.*)$/.exec(line) ?? [];
    if (name !== undefined) told.set(Number(name), reason!);
  }
  for (const i of numbers) {
    const { about } = randomPair(i);
    const reason = told.get(i);
    if (reason !== undefined && !isOurSentence(reason)) faults.push(`${about}: refused by '${reason}'`);
    if (existsSync(join(folder, 'out', `${i}.png`))) {
      filled++;
      if (reason !== undefined) faults.push(`${about}: refused, and there is a result`);
      faults.push(...(await faultsOfFile(folder, i)).map((fault) => `${about}: ${fault}`));
    } else if (reason === undefined) faults.push(`${about}: neither filled nor refused`);
    else refused++;
  }
  if (code !== (refused > 0 ? 2 : 0)) faults.push(`exit code ${code}, with ${refused} refused: ${stderr.slice(-300)}`);
  return { filled, refused, faults };
}

function run(cli: string, args: readonly string[], cwd: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn('node', [cli, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}
