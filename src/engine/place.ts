/**
 * @file The places where an inpainter can work apart from its caller: a child process under Node, a worker in a page.
 */

import { LatentfillError } from '../base/errors.ts';
import type { Line } from './messages.ts';

/** A place that has been started, seen from the caller. */
export interface Place extends Line {
  /** Calls `ended` once, with the reason, if the place ends by itself. */
  onEnd(ended: (reason: LatentfillError) => void): void;
  /** Tells whether an answer is pending; an idle place does not keep the caller's process alive. */
  hold(busy: boolean): void;
  /** Ends the place at once, even while it computes. */
  end(): Promise<void>;
}

/** The parts of Node's child processes that are used; pages compile without Node's types. */
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
/** Gives Node's modules without an import, which a page's bundle could not resolve. */
const { process: node } = globalThis as { readonly process?: Partial<Node> };
const isNode = (it: Partial<Node> | undefined): it is Node => it?.getBuiltinModule !== undefined;

/**
 * Starts a child process. Its work leaves this process's event loop free, and a crash of it does not end this process.
 */
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
  const here = import.meta.url; // a variable, so that bundlers do not resolve the file
  const source = here.endsWith('.ts');
  const file = fileURLToPath(new URL(source ? './process-program.ts' : './process-program.js', here));
  // Run from TypeScript source, as in tests, the child process needs tsx.
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
  child.on('error', () => {}); // errors of a process that is being killed
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
      child.ref(); // keep this process alive until the child has ended
      child.kill('SIGKILL'); // safe: the child has nothing to save
      await ended;
    },
  };
}

/** The parts of a page's Worker that are used. */
interface PageWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: { readonly data: never }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  onmessageerror: (() => void) | null;
}
declare const Worker: new (url: URL, options: { type: 'module' }) => PageWorker;

/** Starts a worker of the page, which stays responsive while the worker computes. */
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

/** A message with typed arrays copied, since Node delivers them as views into one buffer of the whole message. */
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
