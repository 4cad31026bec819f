/** @file Where an inpainter can work apart from its caller: a process under Node, a worker in a page. */

import { LatentfillError } from '../base/errors.ts';
import type { Line } from './messages.ts';

/** A place that has begun, seen from its caller. */
export interface Place extends Line {
  /** Calls `ended` once, with the reason, when the place has ended by itself. */
  onEnd(ended: (reason: LatentfillError) => void): void;
  /** Whether an answer is awaited: a place that is idle keeps no process alive. */
  hold(busy: boolean): void;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

/** What of Node's child processes is used; pages have no types of Node's. */
interface Child {
  readonly channel?: { ref(): void; unref(): void } | null;
  send(message: unknown, done: (error: Error | null) => void): boolean;
  kill(signal: 'SIGKILL'): boolean;
  ref(): void;
  unref(): void;
  on(event: 'message', hear: (message: never) => void): void;
  on(event: 'error', hear: (error: Error) => void): void;
  once(event: 'error', hear: (error: Error) => void): void;
  once(event: 'exit', hear: (code: number | null, signal: string | null) => void): void;
}
interface Node {
  getBuiltinModule(name: 'child_process'): { fork(file: string, args: readonly string[], options: object): Child };
  getBuiltinModule(name: 'module'): { createRequire(from: string): { resolve(name: string): string } };
  getBuiltinModule(name: 'url'): { fileURLToPath(url: URL): string; pathToFileURL(path: string): URL };
}
/** Asked for its modules, not imported: a page's bundle must not need them. */
const { process: node } = globalThis as { readonly process?: Partial<Node> };
const isNode = (it: Partial<Node> | undefined): it is Node => it?.getBuiltinModule !== undefined;

/** Begins a process. What it does leaves this one's event loop free, and if it dies, this one does not. */
export function beginProcess(): Place {
  if (!isNode(node)) {
    throw new LatentfillError(
      'device',
      "Expected Node for an inpainter in a process of its own, got a page: use 'worker'.",
    );
  }
  const { fork } = node.getBuiltinModule('child_process');
  const { fileURLToPath, pathToFileURL } = node.getBuiltinModule('url');
  const { createRequire } = node.getBuiltinModule('module');
  const here = import.meta.url; // by another name: bundlers of pages would look for files of Node's
  const source = here.endsWith('.ts');
  const file = fileURLToPath(new URL(source ? './process-program.ts' : './process-program.js', here));
  // Run from its source, as tests do, the process first needs what reads TypeScript.
  const tsx = source ? ['--import', pathToFileURL(createRequire(here).resolve('tsx')).href] : [];
  const child = fork(file, [], {
    execArgv: tsx,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let heard = false;
  child.on('message', () => {
    heard = true;
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`));
  });
  child.on('error', () => {}); // of a process that is being ended
  return {
    post: (message) => void child.send(message, () => {}),
    listen: (hear) => child.on('message', (message) => hear(owned(message) as never)),
    onEnd: (hear) => void ended.then((how) => hear(heard ? gone('process', how) : unbegun('process', how))),
    hold(busy) {
      for (const held of [child, child.channel]) {
        if (busy) held?.ref();
        else held?.unref();
      }
    },
    async end() {
      child.ref(); // who waits for its end goes on until then
      child.kill('SIGKILL'); // it holds nothing but memory
      await ended;
    },
  };
}

/** What of a page's Worker is used. */
interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: { readonly data: never }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  onmessageerror: (() => void) | null;
}
declare const Worker: new (url: URL, options: { type: 'module' }) => PageWorker;

/** Begins a page's worker: the page draws and answers its user while it works. */
export function beginWorker(): Place {
  if (isNode(node)) {
    throw new LatentfillError(
      'device',
      "Expected a page for an inpainter in a worker, got Node, whose threads ONNX Runtime does not survive: use 'process'.",
    );
  }
  const worker = new Worker(new URL('./worker-program.js', import.meta.url), { type: 'module' });
  return {
    post: (message) => worker.postMessage(message),
    listen(hear) {
      worker.onmessage = ({ data }) => hear(data);
    },
    onEnd(hear) {
      const end = (reason: LatentfillError) => {
        worker.terminate();
        hear(reason);
      };
      worker.onerror = ({ message }) =>
        end(message ? gone('worker', `failed with "${message}"`) : unbegun('worker', 'could not be loaded'));
      worker.onmessageerror = () => end(gone('worker', 'sent what could not be read'));
    },
    hold() {},
    async end() {
      worker.terminate();
    },
  };
}

/** A message of Node's with buffers of their own: they come as views into one buffer of the whole message. */
function owned(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const array = value as Float32Array;
    return array.byteLength === array.buffer.byteLength ? array : array.slice();
  }
  if (Array.isArray(value)) return value.map(owned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, owned(of)]));
}

function unbegun(what: string, how: string): LatentfillError {
  return new LatentfillError(
    'ended',
    `Expected the ${what} of the inpainter to begin, but it ${how}: see what it wrote, and that its file was shipped beside the others.`,
  );
}

function gone(what: string, how: string): LatentfillError {
  return new LatentfillError(
    'ended',
    `Expected the ${what} of the inpainter to go on, but it ${how}: open another; if it ends again, there may be too little memory for the model.`,
  );
}
