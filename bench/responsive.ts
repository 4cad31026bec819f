/**
 * @file `npm run bench:responsive`: whether who asks for fills stays responsive meanwhile. Under Node, how late a timer of
 * 20 ms comes while an inpainter opens and fills, in a process of its own or here, beside the same timer while nothing runs and
 * while processes that have nothing to do with latentfill take every core; and how long this thread itself worked between two
 * ticks, which no neighbour changes (Linux). In Chromium, the long tasks of a page's thread.
 */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openInpainter } from '../src/engine/open-inpainter.ts';
import { centreHole } from '../src/image/holes.ts';
import { loadModel } from '../src/model/folder.ts';
import { chromiumMissing, chromiumPath, serveSite } from '../test/helpers/chromium.ts';
import { noisePicture } from '../test/helpers/pictures.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    fills: { type: 'string', default: '10' },
    steps: { type: 'string', default: '180' },
    only: { type: 'string', default: 'node,page' },
  },
});
const [fills, steps] = [+values.fills, +values.steps];
const EVERY = 20;

/** Milliseconds that a thread has computed so far, as Linux counts them. */
const THREAD = '/proc/thread-self/schedstat';
const computed = () => (existsSync(THREAD) ? Number(readFileSync(THREAD, 'utf8').split(' ')[0]) / 1e6 : Number.NaN);

/** Ticks of a timer of 20 ms, and how late the latest was after the one before it. */
interface Ticks {
  readonly ticks: number;
  readonly latestMs: number;
  /** Ticks that came more than 20 ms late. */
  readonly late: number;
  /** The most that this thread computed from one tick to the next; null where that is not told. */
  readonly ownMs: number | null;
}

async function ticksDuring(task: () => Promise<unknown>): Promise<Ticks> {
  const lateness: number[] = [];
  let [last, before, own] = [performance.now(), computed(), 0];
  const tick = () => {
    const [now, after] = [performance.now(), computed()];
    lateness.push(now - last - EVERY);
    own = Math.max(own, after - before);
    [last, before] = [now, after];
  };
  const timer = setInterval(tick, EVERY);
  await task();
  clearInterval(timer);
  tick(); // what kept the timer from its last tick counts
  return {
    ticks: lateness.length,
    latestMs: Number(Math.max(...lateness).toFixed(1)),
    late: lateness.filter((ms) => ms > EVERY).length,
    ownMs: Number.isNaN(own) ? null : Number(own.toFixed(1)),
  };
}

/** While as many plain processes as there are cores do nothing but spin. */
async function spinning(ms: number): Promise<Ticks> {
  const children = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  await setTimeout(500);
  const ticks = await ticksDuring(() => setTimeout(ms));
  for (const child of children) child.kill('SIGKILL');
  return ticks;
}

async function inNode(): Promise<Readonly<Record<string, Ticks>>> {
  const model = await loadModel(join(import.meta.dirname, '../models/toon-64'));
  const holes = Array.from({ length: fills }, (_, i) => ({ image: noisePicture(64, 64, i), mask: centreHole(64, 64) }));
  const found: Record<string, Ticks> = {
    idle: await ticksDuring(() => setTimeout(10_000)),
    spinning: await spinning(10_000),
  };
  for (const where of ['process', 'here'] as const) {
    let opened: Awaited<ReturnType<typeof openInpainter>>;
    found[`${where}Opening`] = await ticksDuring(async () => {
      opened = await openInpainter(model, { where });
      await opened.inpaint(holes[0]!, { steps: 7 }); // programs are compiled
    });
    await using inpainter = opened!;
    found[where] = await ticksDuring(async () => {
      for (const hole of holes) await (await inpainter.inpaint(hole, { steps })).blended();
    });
  }
  return found;
}

const told: Readonly<Record<string, string>> = {
  idle: 'nothing',
  spinning: `${availableParallelism()} plain processes that spin`,
  processOpening: "where: 'process', opening and compiling",
  process: `where: 'process', ${fills} fills`,
  hereOpening: "where: 'here', opening and compiling",
  here: `where: 'here', ${fills} fills`,
};

/** What the page tells of a fill. */
interface Seen {
  readonly longTasks: number;
  readonly longestMs: number;
  readonly sumMs: number;
  readonly seconds: number;
}

async function inChromium(): Promise<Readonly<Record<'worker' | 'page', Seen>>> {
  await using site = await serveSite(join(import.meta.dirname, 'responsive'));
  const fill = async (where: 'worker' | 'here') => {
    const { page } = await site.open();
    await page.waitForFunction('globalThis.fill !== undefined');
    return await page.evaluate<Seen>(`fill('${where}', ${steps})`);
  };
  return { worker: await fill('worker'), page: await fill('here') };
}

const only = values.only.split(',');
const node = only.includes('node') ? await inNode() : {};
if (only.includes('node')) {
  printTable(
    ['while this happens', 'ticks', 'over 20 ms late', 'latest (ms late)', 'own work at most (ms)'],
    Object.entries(node).map(([name, { ticks, late, latestMs, ownMs }]) => [
      told[name]!,
      ticks,
      late,
      latestMs,
      ownMs ?? '—',
    ]),
  );
}
const page: Readonly<Record<string, Seen>> = only.includes('page') && chromiumPath ? await inChromium() : {};
if (only.includes('page')) {
  if (!chromiumPath) console.log(chromiumMissing);
  else {
    printTable(
      ['a fill in Chromium', 'long tasks', 'longest (ms)', 'in all (ms)', 'seconds'],
      Object.entries(page).map(([where, seen]) => [
        where,
        seen.longTasks,
        seen.longestMs,
        seen.sumMs,
        seen.seconds.toFixed(1),
      ]),
    );
  }
}
console.log(JSON.stringify({ fills, steps, ...node, ...page }));
