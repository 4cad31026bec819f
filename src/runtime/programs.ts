/** @file Programs that stay open: each is compiled when it is first asked for, and closed when others need its memory. */

import { unlessAborted } from '../base/abort.ts';
import { LatentfillError } from '../base/errors.ts';
import { compile, type Graph, type Program, withUpdates } from './compile.ts';
import type { Wanted } from './devices.ts';
import { memoryOf } from './memory.ts';

/** A program that is held open. Dispose of it when it may be closed. */
export interface Lease extends Disposable {
  readonly program: Program;
}

/** Open programs of one device. Dispose of them to free what ONNX Runtime holds, in use or not: no run may follow. */
export interface Programs extends AsyncDisposable {
  /**
   * The program of `key`: an open one, or that of `build`. Everybody who asks for a key at a time shares one program.
   * `signal` ends the waiting, and the compilation where nobody else waits for it.
   */
  open(key: string, build: () => Graph, signal?: AbortSignal): Promise<Lease>;
  /** Bytes that the rows of one run may take. */
  readonly runBytes: number;
  /** The bytes that a graph takes while it runs, constants aside; looked at once for a key. */
  bytesOf(key: string, build: () => Graph): number;
}

/** Bytes that the rows of one run may take: 500 of a search at 64×64 pixels, one at 1024×1024. */
const RUN = 2 ** 29;

/** Bytes that all open programs may take; idle ones are closed beyond it, those used longest ago first. */
const OPEN = 2 ** 31;

interface Entry {
  readonly bytes: number;
  readonly program: Promise<Program>;
  /** Ends the compilation. */
  readonly controller: AbortController;
  /** Who holds it or waits for it. */
  users: number;
  ready: boolean;
  closing?: Promise<void>;
}

/** No programs yet: each is compiled when it is asked for, and once where `open` bytes are enough for all. A run takes `run` bytes. */
export function openPrograms({
  device,
  run = RUN,
  open = OPEN,
}: {
  device?: Wanted | undefined;
  run?: number;
  open?: number;
} = {}): Programs {
  const entries = new Map<string, Entry>(); // the one that was used longest ago first
  const lost = new Set<Entry>(); // not closed yet, and found no more
  const graphBytes = new Map<string, number>();
  let closed = false;

  function begin(key: string, build: () => Graph): Entry {
    const graph = build();
    const memory = memoryOf(withUpdates(graph));
    const bytes = memory.constant + memory.alive;
    makeRoom(open - bytes);
    const controller = new AbortController();
    const program = compile(graph.outputs, { device, updates: graph.updates, signal: controller.signal });
    const entry: Entry = { bytes, program, controller, users: 0, ready: false };
    program.then(
      () => {
        entry.ready = true;
      },
      () => forget(key, entry),
    );
    return entry;
  }

  /** Nobody finds it any more; closed as soon as nobody uses it. */
  function forget(key: string, entry: Entry): void {
    if (entries.get(key) === entry) entries.delete(key);
    lost.add(entry);
    if (entry.users === 0) void close(entry);
  }

  /** Closes idle programs until the others take no more than `most` bytes. */
  function makeRoom(most: number): void {
    let taken = [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [key, entry] of entries) {
      if (taken <= most) return;
      if (entry.users > 0) continue;
      taken -= entry.bytes;
      forget(key, entry);
    }
  }

  function close(entry: Entry): Promise<void> {
    entry.closing ??= closeNow(entry).finally(() => lost.delete(entry));
    return entry.closing;
  }

  /** A program that is closed, as soon as nobody uses it, where a run has failed: its session may hold anything. */
  function watched(key: string, entry: Entry, program: Program): Program {
    return {
      ...program,
      async run(feeds, options) {
        try {
          return await program.run(feeds, options);
        } catch (error) {
          if (!options?.signal?.aborted && !closed) forget(key, entry);
          throw error;
        }
      },
    };
  }

  return {
    async open(key, build, signal) {
      signal?.throwIfAborted();
      if (closed)
        throw new LatentfillError('closed', 'Expected programs that are open, got closed ones: open them again.');
      const entry = entries.get(key) ?? begin(key, build);
      entries.delete(key);
      entries.set(key, entry); // now the one that was used last
      entry.users++;
      let held = true;
      const release = () => {
        if (held) entry.users--;
        held = false;
        if (entry.users === 0 && lost.has(entry)) void close(entry);
      };
      try {
        const program = await unlessAborted(entry.program, signal);
        return { program: watched(key, entry, program), [Symbol.dispose]: release };
      } catch (error) {
        release();
        if (entry.users === 0 && !entry.ready) {
          forget(key, entry); // nobody else waits for it
          await close(entry);
        }
        throw error;
      }
    },

    runBytes: run,

    bytesOf(key, build) {
      const bytes = graphBytes.get(key) ?? memoryOf(withUpdates(build())).alive;
      graphBytes.set(key, bytes);
      return bytes;
    },

    async [Symbol.asyncDispose]() {
      closed = true;
      for (const [key, entry] of entries) forget(key, entry);
      await Promise.all([...lost].map(close));
    },
  };
}

async function closeNow({ controller, program }: Entry): Promise<void> {
  controller.abort();
  const opened = await program.catch(() => undefined);
  await opened?.[Symbol.asyncDispose]().catch(() => {}); // what cannot be released cannot be helped
}
