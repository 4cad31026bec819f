/**
 * @file `npm run bench:memory -- --minutes 30`: whether a long run holds its memory flat. Trains in a process of its own
 * (what is in dist), samples its memory, and compares the first third's median with the last third's.
 */

import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeWhole } from '../src/base/write-whole.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    // Until every image is in the cache, and the allocators have seen what they will see: measured, RSS settles in 4.
    warmup: { type: 'string', default: '5' },
    every: { type: 'string', default: '2' },
    csv: { type: 'string', default: fileURLToPath(new URL('../out/memory.csv', import.meta.url)) },
  },
});
const KINDS = ['rss', 'heapUsed', 'heapTotal', 'external', 'arrayBuffers'] as const;
type Sample = Record<(typeof KINDS)[number], number> & { readonly minute: number };

const folder = await mkdtemp(join(tmpdir(), 'latentfill-memory-'));
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const flags = ['--size', 32, '--width', 16, '--images', 1024, '--epochs', 1_000_000, '--checkpoint-every', 20];
// Only the main thread has a channel to here; the memory of the others is in its RSS.
const sampler = `setInterval(() => process.send?.(process.memoryUsage()), ${1000 * Number(values.every)}).unref();`;
const child = fork(cli, ['train', '--out', join(folder, 'run'), '--data', 'toon', ...flags.map(String)], {
  execArgv: [`--import=data:text/javascript,${encodeURIComponent(sampler)}`],
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
const began = performance.now();
const samples: Sample[] = [];
child.on('message', (usage) => {
  samples.push({ minute: (performance.now() - began) / 60_000, ...(usage as Omit<Sample, 'minute'>) });
});
const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
const minutes = Number(values.warmup) + Number(values.minutes);
const timer = setTimeout(() => child.kill('SIGTERM'), 60_000 * minutes);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill('SIGTERM'));
await ended;
clearTimeout(timer);
await rm(folder, { recursive: true, force: true });

const rows = samples.map((sample) => [sample.minute.toFixed(3), ...KINDS.map((kind) => sample[kind])].join(','));
await writeWhole(values.csv, `${['minute', ...KINDS].join(',')}\n${rows.join('\n')}\n`);

const warm = samples.filter(({ minute }) => minute > Number(values.warmup));
if (warm.length < 9)
  throw new Error(`Training gave ${warm.length} samples after its warm-up: see above, or take longer.`);
const third = Math.floor(warm.length / 3);
const median = (of: readonly Sample[], kind: (typeof KINDS)[number]) =>
  of.map((sample) => sample[kind]).sort((a, b) => a - b)[Math.floor(of.length / 2)]!;
const growth: Record<string, number> = {};
const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
printTable(
  ['memory', 'first third (MiB)', 'last third (MiB)', 'growth (%)'],
  KINDS.map((kind) => {
    const [first, last] = [median(warm.slice(0, third), kind), median(warm.slice(-third), kind)];
    growth[kind] = Number((100 * (last / first - 1)).toFixed(2));
    return [kind, mb(first), mb(last), growth[kind]];
  }),
);
console.log(
  JSON.stringify({ minutes: Number(values.minutes), samples: warm.length, growthPercent: growth, csv: values.csv }),
);
