/** @file A run's log as curves of bounded length. Node only. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { LatentfillError } from '../base/errors.ts';
import { type LogLine, logPath, parseLine } from '../gan/run/log.ts';
import type { Series } from '../report/chart.ts';

/** Entries of a series at most; between half of them and all are used. */
const MOST = 480;

interface Bin {
  epoch: number;
  readonly values: Map<string, { sum: number; count: number; low: number; high: number }>;
}

/**
 * The curves in a run's log, by name, however long the log is: it is read line by line, and whenever there are too many
 * entries, neighbours become one. Lines that a kill cut off, or that are damaged, are left out.
 */
export async function readSeries(run: string): Promise<ReadonlyMap<string, Series>> {
  let bins: Bin[] = [];
  let [cycles, first] = [1, Number.NaN];
  for await (const line of linesOf(run)) {
    if (Number.isNaN(first)) first = line.cycle;
    let at = Math.floor((line.cycle - first) / cycles);
    while (at >= MOST) {
      bins = halved(bins);
      cycles *= 2;
      at = Math.floor((line.cycle - first) / cycles);
    }
    bins[at] ??= { epoch: line.epoch, values: new Map() };
    bins[at].epoch = line.epoch;
    for (const [name, x] of Object.entries(line))
      if (name !== 'cycle' && name !== 'epoch') note(bins[at], name, x, x, x, 1);
  }
  return seriesOf(bins.filter(Boolean), cycles);
}

async function* linesOf(run: string): AsyncGenerator<LogLine> {
  const file = createReadStream(logPath(run), 'utf8');
  const found = await new Promise<boolean>((settle) => {
    file.once('open', () => settle(true)).once('error', () => settle(false));
  });
  if (!found) return;
  try {
    for await (const text of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = parseLine(text);
      if (line) yield line;
    }
  } catch (cause) {
    throw new LatentfillError(
      'run',
      `Expected a run's log in '${logPath(run)}', but ${(cause as Error).message}: check it.`,
      {
        cause,
      },
    );
  }
}

function note({ values }: Bin, name: string, sum: number, low: number, high: number, count: number): void {
  const known = values.get(name);
  if (!known) {
    values.set(name, { sum, count, low, high });
    return;
  }
  known.sum += sum;
  known.count += count;
  known.low = Math.min(known.low, low);
  known.high = Math.max(known.high, high);
}

function halved(bins: readonly (Bin | undefined)[]): Bin[] {
  const half: Bin[] = [];
  for (const [i, bin] of bins.entries()) {
    if (!bin) continue;
    const at = Math.floor(i / 2);
    half[at] ??= { epoch: bin.epoch, values: new Map() };
    half[at].epoch = bin.epoch;
    for (const [name, { sum, low, high, count }] of bin.values) note(half[at], name, sum, low, high, count);
  }
  return half;
}

function seriesOf(bins: readonly Bin[], cycles: number): Map<string, Series> {
  const names = new Set(bins.flatMap(({ values }) => [...values.keys()]));
  const all = new Map<string, Series>();
  for (const name of names) {
    const own = bins.flatMap(({ epoch, values }) => {
      const value = values.get(name);
      return value ? [{ epoch, ...value }] : [];
    });
    all.set(name, {
      epochs: own.map(({ epoch }) => epoch),
      means: own.map(({ sum, count }) => sum / count),
      lows: own.map(({ low }) => low),
      highs: own.map(({ high }) => high),
      cycles,
    });
  }
  return all;
}
