/**
 * @file `npm run bench:hostile [COUNT]`: damaged and hostile data files of every format, each opened as a dataset. They are
 * tried in a process of their own, so that a crash or a hang is counted against its file and the rest is tried too.
 */

import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Outcome, tryHostile } from '../test/helpers/hostile.ts';

const COUNT = Number(process.argv[2] ?? 5000);
/** Longer than anything may take: the Parquet reader itself is ended after a minute at most. */
const MAX_SECONDS = 90;

/** What the process that tries them sends for each case. */
type Report = { readonly index: number; readonly outcome?: Outcome; readonly fault?: string };

if (process.send) {
  const [folder, from] = [process.argv[3]!, Number(process.argv[4])];
  for (let index = from; index < COUNT; index++) {
    const report: Report = await tryHostile(join(folder, String(index)), index).then(
      (outcome) => ({ index, outcome }),
      (error) => ({ index, fault: `${error.message}: ${error.cause?.stack ?? ''}` }),
    );
    process.send(report);
  }
  process.disconnect();
} else {
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-hostile-'));
  const outcomes: Outcome[] = [];
  const faults: string[] = [];
  for (let next = 0; next < COUNT; ) next = await tryFrom(next, folder, outcomes, faults);
  tell(outcomes, faults);
  const left = readdirSync(folder).length - faults.length;
  if (left > 0) faults.push(`${left} folders were left`);
  rmSync(folder, { recursive: true });
  process.exit(faults.length > 0 ? 1 : 0);
}

/** Tries cases until all are done, or until one ends the process or holds it up; gives the next to try. */
function tryFrom(from: number, folder: string, outcomes: Outcome[], faults: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), [String(COUNT), folder, String(from)]);
    let next = from;
    let late = false;
    const hang = () => {
      late = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(hang, MAX_SECONDS * 1000);
    child.on('message', ({ index, outcome, fault }: Report) => {
      clearTimeout(timer);
      timer = setTimeout(hang, MAX_SECONDS * 1000);
      next = index + 1;
      if (outcome) outcomes.push(outcome);
      if (fault) faults.push(fault);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (next < COUNT) faults.push(`${next++}: ${late ? 'hung' : `ended the process (${signal ?? code})`}`);
      resolve(next);
    });
  });
}

function tell(outcomes: readonly Outcome[], faults: readonly string[]): void {
  const count = (ended: Outcome['ended']) => outcomes.filter((outcome) => outcome.ended === ended).length;
  const slowest = [...outcomes].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 8);
  const times = outcomes.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  console.log(`${COUNT} cases: ${count('refused')} datasets refused, ${count('images')} with images refused,`);
  console.log(`${count('opened')} read; ${faults.length} crashed, hung, executed something or gave another error.`);
  console.log(`Half took less than ${times[Math.floor(times.length / 2)]?.toFixed(0)} ms. The slowest:`);
  for (const { name, milliseconds } of slowest)
    console.log(`${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${name}`);
  for (const fault of faults) console.log(`WRONG ${fault}`);
}
