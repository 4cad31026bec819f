/** @file Plain workers of a page that share small pieces of work, as the threads of ONNX Runtime do. */

/** The number of pieces of work that some threads did, and the milliseconds that they took. */
export interface Done {
  pieces: number;
  ms: number;
}

/** Workers that share pieces of work with the calling thread. */
export interface Crew {
  /**
   * Lets `count` threads, the calling one included, share pieces of work for about `ms` milliseconds, with a barrier
   * after each piece. Blocks the calling thread.
   */
  together(count: number, ms: number): Done;
  dismiss(): void;
}

/** Milliseconds that a piece takes one thread: about as long as an operator of a small network. */
const PIECE = 0.2;
/**
 * Indices into the shared memory: the piece's number, its number of threads, its length; from LAST on, each thread's
 * last piece.
 */
const [NUMBER, SHARED, LENGTH, LAST] = [0, 1, 2, 3] as const;

/** A number of threads that tells the workers to end. */
const OVER = -1;

/** Arithmetic that no compiler can remove. Its source text is also part of the workers' program. */
function work(length: number): number {
  let x = 0.5;
  for (let i = 0; i < length; i++) x = x * 0.999999 + 1e-7;
  return x;
}

/**
 * The program of a worker: it warms up, then does its part of each piece. Between pieces it spins, as ONNX Runtime's
 * threads do; it sleeps during pieces that have no part for it.
 */
const PROGRAM = `
const work = ${work};
onmessage = ({ data: { shared, index } }) => {
  const warm = performance.now() + 3;
  while (performance.now() < warm) work(1e4);
  postMessage(0);
  for (;;) {
    const number = Atomics.load(shared, ${NUMBER});
    const count = Atomics.load(shared, ${SHARED});
    if (count === ${OVER}) break;
    if (index >= count) Atomics.wait(shared, ${NUMBER}, number);
    else if (number !== Atomics.load(shared, ${LAST} + index)) {
      work(Atomics.load(shared, ${LENGTH}) / count);
      Atomics.store(shared, ${LAST} + index, number);
    }
  }
};
`;

/** The parts of a page's Worker that are used. */
interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: (() => void) | null;
  onerror: (() => void) | null;
}

/**
 * Starts `count` workers: 'late' if that takes more than `ms` milliseconds, 'forbidden' if the page's policy forbids
 * it.
 */
export async function hire(count: number, ms: number): Promise<Crew | 'late' | 'forbidden'> {
  const { Worker } = globalThis as unknown as { Worker?: new (url: string) => PageWorker };
  const url = URL.createObjectURL(new Blob([PROGRAM], { type: 'text/javascript' }));
  const shared = new Int32Array(new SharedArrayBuffer(4 * (LAST + count + 1)));
  const workers: PageWorker[] = [];
  const dismiss = () => {
    // Browsers take seconds to terminate a worker that computes or sleeps, so the workers are told to end themselves.
    Atomics.store(shared, SHARED, OVER);
    Atomics.add(shared, NUMBER, 1);
    Atomics.notify(shared, NUMBER);
    for (const worker of workers) worker.terminate();
    URL.revokeObjectURL(url);
  };
  const begin = (index: number) =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker!(url);
      workers.push(worker);
      Object.assign(worker, { onmessage: resolve, onerror: reject });
      worker.postMessage({ shared, index });
    });
  const all = Promise.all(Array.from({ length: count }, (_, i) => begin(i + 1)));
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, ms, 'late'));
  const how = await Promise.race([all.then(() => 'begun' as const), late]).catch(() => 'forbidden' as const);
  if (how === 'begun') return { together: (count, ms) => together(shared, count, ms), dismiss };
  dismiss();
  return how;
}

function together(shared: Int32Array, count: number, ms: number): Done {
  Atomics.store(shared, LENGTH, Atomics.load(shared, LENGTH) || pieceLength());
  Atomics.store(shared, SHARED, count);
  const end = performance.now() + ms;
  piece(shared, count, end); // wakes them
  const began = performance.now();
  let pieces = 0;
  while (performance.now() < end) pieces += piece(shared, count, end);
  Atomics.store(shared, SHARED, 0);
  return { pieces, ms: performance.now() - began };
}

/** One piece: 1 if all threads did their parts before `end`, else 0. */
function piece(shared: Int32Array, count: number, end: number): number {
  const number = Atomics.add(shared, NUMBER, 1) + 1;
  Atomics.notify(shared, NUMBER);
  work(Atomics.load(shared, LENGTH) / count);
  for (let index = 1; index < count; index++) {
    while (Atomics.load(shared, LAST + index) !== number) {
      if (performance.now() > end) return 0;
    }
  }
  return 1;
}

/** The length of a piece in iterations of {@link work}, from the fastest of a few runs. */
function pieceLength(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    work(1e5);
    least = Math.min(least, performance.now() - began);
  }
  return Math.round((1e5 * PIECE) / least);
}
