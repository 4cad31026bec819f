/**
 * @file `npm run bench:steady`: whether an open inpainter holds its memory flat. One process fills hole after hole, each fifth
 * by a search that is left early, some aborted at a random moment; its memory is sampled after each. With `--at-once 20`
 * instead: the peak memory of so many fills at once, each with an inpainter of its own, beside that of one. Exit code 1 where
 * resident memory grew by 2 % or more.
 */

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { permutation, random } from '../src/base/random.ts';
import { openInpainter } from '../src/engine/open-inpainter.ts';
import { centreHole } from '../src/image/holes.ts';
import type { MaskedImage } from '../src/inpaint/inpaint.ts';
import { type Inpainter, inpaint } from '../src/inpaint/inpainter.ts';
import { loadModel } from '../src/model/folder.ts';
import { noisePicture } from '../test/helpers/pictures.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    fills: { type: 'string', default: '300' },
    aborts: { type: 'string', default: '50' },
    steps: { type: 'string', default: '180' },
    seed: { type: 'string', default: '0' },
    'at-once': { type: 'string' },
    task: { type: 'string' },
  },
});
const [fills, aborts, steps] = [+values.fills, +values.aborts, +values.steps];
/** What is compared: allocators and compilers have seen by then what they will see. */
const EARLY = [40, 60] as const;
const LAST = 20;

const KINDS = ['rss', 'heapUsed', 'external', 'arrayBuffers'] as const;
type Sample = Record<(typeof KINDS)[number], number>;
const options = { steps };
const hole = (i: number): MaskedImage => ({ image: noisePicture(64, 64, i), mask: centreHole(64, 64) });
const open = () => loadModel(join(import.meta.dirname, '../models/toon-64'));

/** What the process of a task tells. */
interface Tasks {
  fills(): Promise<{ readonly aborted: number; readonly samples: readonly Sample[] }>;
  alone(): Promise<number>;
  atOnce(): Promise<number>;
}

const tasks: Tasks = {
  async fills() {
    const rng = random(values.seed, 'steady');
    const stopped = new Set(permutation(rng, fills).slice(0, aborts));
    await using inpainter = await openInpainter(await open());
    const samples: Sample[] = [];
    let [aborted, last] = [0, 1000];
    for (let i = 0; i < fills; i++) {
      const began = performance.now();
      const [stop, left] = [stopped.has(i), i % 5 === 4];
      const some = stop ? steps : Math.ceil(rng() * steps);
      const fill = left ? searchAWhile(inpainter, i, some) : fillWhole(inpainter, i);
      if (await fill(stop ? 0.8 * rng() * last : undefined)) aborted++;
      else if (!left) last = performance.now() - began;
      samples.push(await sample());
    }
    return { aborted, samples };
  },
  alone: () => peakOf(1),
  atOnce: () => peakOf(Number(values['at-once'])),
};

/** Both give true where they were stopped after `ms`. */
type Fill = (ms: number | undefined) => Promise<boolean>;

const fillWhole = (inpainter: Inpainter, i: number): Fill =>
  stoppable(async (signal) => {
    const filled = await inpainter.inpaint(hole(i), options, { signal });
    await filled.blended({ signal });
  });

const searchAWhile = (inpainter: Inpainter, i: number, last: number): Fill =>
  stoppable(async (signal) => {
    for await (const { step, candidates } of inpainter.search(hole(i), options, { signal })) {
      if (step[0] % 50 === 0) await candidates[0]!.blended({ signal });
      if (step[0] >= last) break;
    }
  });

function stoppable(fill: (signal: AbortSignal) => Promise<void>): Fill {
  return async (ms) => {
    const controller = new AbortController();
    const timer = ms === undefined ? undefined : setTimeout(() => controller.abort(), ms);
    try {
      await fill(controller.signal);
      return false;
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      return true;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Memory after what can be freed was freed: a turn of the event loop lets finalizers run. */
async function sample(): Promise<Sample> {
  for (let i = 0; i < 2; i++) {
    globalThis.gc!();
    await setImmediate();
  }
  return process.memoryUsage();
}

/** Bytes at most. */
async function peakOf(count: number): Promise<number> {
  const model = await open();
  await Promise.all(Array.from({ length: count }, (_, i) => inpaint(model, hole(i), options)));
  return process.resourceUsage().maxRSS * 1024;
}

/** Runs a task in a process of its own. */
function apart<K extends keyof Tasks>(task: K): Promise<Awaited<ReturnType<Tasks[K]>>> {
  const child = fork(import.meta.filename, [...process.argv.slice(2), '--task', task], {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', (told) => resolve(told as Awaited<ReturnType<Tasks[K]>>));
    child.once('exit', (code, signal) => reject(new Error(`The process of '${task}' ended with ${signal ?? code}.`)));
  });
}

const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

async function bench(): Promise<void> {
  if (fills < EARLY[1] + LAST) throw new Error(`Expected ${EARLY[1] + LAST} fills at least, got ${fills}.`);
  const { samples, aborted } = await apart('fills');
  const median = (of: readonly Sample[], kind: keyof Sample) =>
    of.map((one) => one[kind]).sort((a, b) => a - b)[Math.floor(of.length / 2)]!;
  const growthPercent: Record<string, number> = {};
  const rows = KINDS.map((kind) => {
    const [early, late] = [median(samples.slice(...EARLY), kind), median(samples.slice(-LAST), kind)];
    growthPercent[kind] = Number((100 * (late / early - 1)).toFixed(2));
    return [kind, mb(early), mb(late), growthPercent[kind]];
  });
  printTable(['memory', `fills ${EARLY.join('–')} (MiB)`, `last ${LAST} (MiB)`, 'growth (%)'], rows);
  console.log(JSON.stringify({ fills, steps, aborts: aborted, growthPercent }));
  if (growthPercent.rss! >= 2) process.exitCode = 1;
}

async function benchAtOnce(count: number): Promise<void> {
  const [alone, atOnce] = [await apart('alone'), await apart('atOnce')];
  printTable(
    ['fills at once', 'peak RSS (MiB)'],
    [
      ['1', mb(alone)],
      [String(count), mb(atOnce)],
    ],
  );
  console.log(JSON.stringify({ atOnce: count, steps, aloneMiB: +mb(alone), atOnceMiB: +mb(atOnce) }));
}

if (values.task) process.send!(await tasks[values.task as keyof Tasks]());
else if (values['at-once']) await benchAtOnce(Number(values['at-once']));
else await bench();
