/** @file The number of WebAssembly threads in a page: by a short trial, as many as make it faster at present. */

import { turn } from '../base/in-turns.ts';
import { type Crew, type Done, hire } from './trial-workers.ts';

/** A number of threads, the calling one included, and why. */
export interface Threads {
  readonly count: number;
  readonly reason: string;
}

/** Threads at most: with more, ONNX Runtime's threads mostly wait for each other. */
const MOST = 8;
/** The trial runs each number of threads for so many milliseconds, so many times in turn, since other load varies. */
const [MILLISECONDS, TURNS] = [4, 3];
/** The trial takes so many milliseconds in all, at most. */
const LONGEST = 90;
/** Milliseconds that the workers may take to start. */
const BEGINNING = 50;
/** More threads are used only if they are so many times as fast as one, since they take cores from other programs. */
const WORTH = 1.3;

let chosen: Promise<Threads> | undefined;

/** The threads for this page or worker. Tried once, since ONNX Runtime fixes their number when it is first used. */
export function threadsHere(): Promise<Threads> {
  chosen ??= choose();
  return chosen;
}

async function choose(): Promise<Threads> {
  const { crossOriginIsolated, navigator } = globalThis as {
    crossOriginIsolated?: boolean;
    navigator?: { hardwareConcurrency?: number };
  };
  // Threads need shared memory, which only cross-origin isolated pages have.
  if (!crossOriginIsolated) return { count: 1, reason: 'one thread, as the page is not cross-origin isolated' };
  const cores = navigator?.hardwareConcurrency ?? 1;
  if (cores === 1) return { count: 1, reason: 'one thread, as there is one core' };
  const began = performance.now();
  const most = Math.min(MOST, cores);
  const crew = await hire(most - 1, BEGINNING);
  if (crew === 'late') return { count: 1, reason: `one thread, as others did not begin within ${BEGINNING} ms` };
  if (crew === 'forbidden') {
    const count = Math.min(4, Math.ceil(cores / 2)); // ONNX Runtime's own default
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

/** The work done by one thread, by half of them and by all of them, in turn. */
async function tried(crew: Crew, most: number, end: number): Promise<Map<number, Done>> {
  const done = new Map<number, Done>([1, Math.ceil(most / 2), most].map((count) => [count, { pieces: 0, ms: 0 }]));
  for (let i = 0; i < TURNS; i++) {
    for (const [count, sum] of done) {
      if (performance.now() > end) return done;
      const { pieces, ms } = crew.together(count, MILLISECONDS);
      sum.pieces += pieces;
      sum.ms += ms;
      await turn(); // the page can draw in between
    }
  }
  return done;
}

/**
 * The number of threads that did most work per millisecond, or one if that is not {@link WORTH} it. `done` must have
 * one.
 */
export function fastest(done: ReadonlyMap<number, Done>): Threads {
  const speed = (count: number) => done.get(count)!.pieces / done.get(count)!.ms;
  const [best] = [...done.keys()].filter((count) => count > 1).sort((a, b) => speed(b) - speed(a));
  const times = speed(best!) / speed(1);
  if (!Number.isFinite(times)) return { count: 1, reason: 'one thread, as the cores are too busy for a trial' };
  return times > WORTH
    ? { count: best!, reason: `${best} threads, ${times.toFixed(1)} times as fast as one in a trial` }
    : { count: 1, reason: `one thread, as ${best} were ${times.toFixed(1)} times as fast in a trial` };
}
