/** @file Plain workers of a page that do small pieces of work together, as the threads of ONNX Runtime do. */

/** Pieces of work that some threads did together, and the milliseconds that they took. */
export interface Done {
  pieces: number;
  ms: number;
}

/** Workers that share pieces of work with the thread that hired them. */
export interface Crew {
  /**
   * `count` threads, the caller's own among them, share each piece and meet after it, for about `ms` milliseconds. The caller's
   * thread does nothing else meanwhile.
   */
  together(count: number, ms: number): Done;
  dismiss(): void;
}

/** Milliseconds of a piece for one thread: about an operator of a small network. */
const PIECE = 0.2;
/** What is shared: the number of the piece, among how many it is shared, how long it is; from LAST on, each one's last piece. */
const [NUMBER, SHARED, LENGTH, LAST] = [0, 1, 2, 3] as const;

/** In place of the number of threads: there will be no more pieces. */
const OVER = -1;

/** Arithmetic that no compiler leaves out. It is also sent to workers, as text. */
function work(length: number): number {
  let x = 0.5;
  for (let i = 0; i < length; i++) x = x * 0.999999 + 1e-7;
  return x;
}

/**
 * A worker: it warms up, then does its part of each piece. Between pieces it looks for the next one again and again, as ONNX
 * Runtime's threads do; where a piece is not shared with it, it sleeps.
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

/** What of a page's Worker is used. */
interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: (() => void) | null;
  onerror: (() => void) | null;
}

/** Begins `count` workers in at most `ms` milliseconds, or tells why there are none. */
export async function hire(count: number, ms: number): Promise<Crew | 'late' | 'forbidden'> {
  const { Worker } = globalThis as unknown as { Worker?: new (url: string) => PageWorker };
  const url = URL.createObjectURL(new Blob([PROGRAM], { type: 'text/javascript' }));
  const shared = new Int32Array(new SharedArrayBuffer(4 * (LAST + count + 1)));
  const workers: PageWorker[] = [];
  const dismiss = () => {
    // A browser gives a worker that computes or sleeps seconds to end: these end by themselves.
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

/** One piece; 1 where all have done their part of it before `end`, else 0. */
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

/** The length of a piece, by the fastest of a few runs. */
function pieceLength(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    work(1e5);
    least = Math.min(least, performance.now() - began);
  }
  return Math.round((1e5 * PIECE) / least);
}
