/** @file How many threads WebAssembly takes in a page: as many as make it faster where it runs now, by a short trial. */

import { turn } from '../base/in-turns.ts';
import { type Crew, type Done, hire } from './trial-workers.ts';

/** A number of threads, the page's or worker's own among them, and why. */
export interface Threads {
  readonly count: number;
  readonly reason: string;
}

/** Beyond as many ONNX Runtime's threads wait for each other. */
const MOST = 8;
/** A trial: each number of threads for some milliseconds, several times in turn, since neighbours come and go. */
const [MILLISECONDS, TURNS] = [4, 3];
/** The trial ends after so many milliseconds, all in all. */
const LONGEST = 90;
/** The other threads may take so many of them to begin. */
const BEGINNING = 50;
/** More threads are taken only where they are this many times as fast: what they take from others must be worth it. */
const WORTH = 1.3;

let chosen: Promise<Threads> | undefined;

/** The threads for this page or worker, tried once: ONNX Runtime takes their number when it is first used. */
export function threadsHere(): Promise<Threads> {
  chosen ??= choose();
  return chosen;
}

async function choose(): Promise<Threads> {
  const { crossOriginIsolated, navigator } = globalThis as {
    crossOriginIsolated?: boolean;
    navigator?: { hardwareConcurrency?: number };
  };
  // Threads share memory, which there is only on such pages.
  if (!crossOriginIsolated) return { count: 1, reason: 'one thread, as the page is not cross-origin isolated' };
  const cores = navigator?.hardwareConcurrency ?? 1;
  if (cores === 1) return { count: 1, reason: 'one thread, as there is one core' };
  const began = performance.now();
  const most = Math.min(MOST, cores);
  const crew = await hire(most - 1, BEGINNING);
  if (crew === 'late') return { count: 1, reason: `one thread, as others did not begin within ${BEGINNING} ms` };
  if (crew === 'forbidden') {
    const count = Math.min(4, Math.ceil(cores / 2)); // as ONNX Runtime takes by itself
    return {
      count,
      reason: `${count === 1 ? 'one thread' : `${count} threads`}, untried, as no worker for it may begin`,
    };
  }
  try {
    return fastest(await tried(crew, most, began + LONGEST));
  } finally {
    crew.dismiss();
  }
}

/** What one thread, half of them and all of them get done in turn. */
async function tried(crew: Crew, most: number, end: number): Promise<Map<number, Done>> {
  const done = new Map<number, Done>([1, Math.ceil(most / 2), most].map((count) => [count, { pieces: 0, ms: 0 }]));
  for (let i = 0; i < TURNS; i++) {
    for (const [count, sum] of done) {
      if (performance.now() > end) return done;
      const { pieces, ms } = crew.together(count, MILLISECONDS);
      sum.pieces += pieces;
      sum.ms += ms;
      await turn(); // the page need not wait for all of it
    }
  }
  return done;
}

/** The number of threads that did most in its time, if it is worth it. One must be among them. */
export function fastest(done: ReadonlyMap<number, Done>): Threads {
  const speed = (count: number) => done.get(count)!.pieces / done.get(count)!.ms;
  const [best] = [...done.keys()].filter((count) => count > 1).sort((a, b) => speed(b) - speed(a));
  const times = speed(best!) / speed(1);
  if (!Number.isFinite(times)) return { count: 1, reason: 'one thread, as the cores are too busy for a trial' };
  return times > WORTH
    ? { count: best!, reason: `${best} threads, ${times.toFixed(1)} times as fast as one in a trial` }
    : { count: 1, reason: `one thread, as ${best} were ${times.toFixed(1)} times as fast in a trial` };
}
