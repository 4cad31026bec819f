/** @file A cache of programs: each is compiled when first needed, and closed when others need its memory. */

import { unlessAborted } from '../base/abort.ts';
import { LatentfillError } from '../base/errors.ts';
import { compile, type Graph, type Program, withUpdates } from './compile.ts';
import type { Wanted } from './devices.ts';
import { memoryOf } from './memory.ts';

/** The use of a program, which stays open until the lease is disposed of. */
export interface Lease extends Disposable {
  readonly program: Program;
}

/** The cache for one device. Disposing of it closes all programs, also those in use: no run may follow. */
export interface Programs extends AsyncDisposable {
  /**
   * A lease of the program of `key`, compiled from `build()` unless it is open. All users of a key share one program.
   * `signal` stops the wait, and the compilation too if nobody else waits for it.
   */
  open(key: string, build: () => Graph, signal?: AbortSignal): Promise<Lease>;
  /** Limit for the memory of one run, in bytes. */
  readonly runBytes: number;
  /** The memory of a graph while it runs, without constants, in bytes; computed once for each key. */
  bytesOf(key: string, build: () => Graph): number;
}

/** Limit for the memory of one run, in bytes: 500 rows of a search at 64×64 pixels, one row at 1024×1024. */
const RUN = 2 ** 29;

/** Limit for the memory of all open programs, in bytes. Beyond it idle ones are closed, least recently used first. */
const OPEN = 2 ** 31;

interface Entry {
  readonly bytes: number;
  readonly program: Promise<Program>;
  /** Stops the compilation. */
  readonly controller: AbortController;
  /** The number of leases and of calls that wait for one. */
  users: number;
  ready: boolean;
  closing?: Promise<void>;
}

/** An empty cache. All open programs take `open` bytes at most, the rows of one run `run` bytes. */
export function openPrograms({
  device,
  run = RUN,
  open = OPEN,
}: {
  device?: Wanted | undefined;
  run?: number;
  open?: number;
} = {}): Programs {
  const entries = new Map<string, Entry>(); // least recently used first
  const lost = new Set<Entry>(); // removed from the cache, but not closed yet
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

  /** Removes an entry from the cache; it is closed as soon as nobody uses it. */
  function forget(key: string, entry: Entry): void {
    if (entries.get(key) === entry) entries.delete(key);
    lost.add(entry);
    if (entry.users === 0) void close(entry);
  }

  /** Closes idle programs until the open ones take at most `most` bytes. */
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

  /** The program, removed from the cache when a run fails: its session may then be in any state. */
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
      entries.set(key, entry); // now the most recently used
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
  await opened?.[Symbol.asyncDispose]().catch(() => {}); // there is no remedy for a failed release
}
