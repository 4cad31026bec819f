/** @file A live line on the terminal; silent where there is none. */

/** A line that is overwritten as work goes on. */
export interface Progress {
  update(text: string): void;
  /** Takes the line away. */
  done(): void;
}

/** A progress line on stderr, redrawn at most ten times a second; nothing when stderr is no terminal. */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): Progress {
  let last = 0;
  return {
    update(text) {
      const now = performance.now();
      if (!stream.isTTY || now - last < 100) return;
      last = now;
      stream.write(`\r\x1b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    done() {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}

/** A bar of 20 cells. */
export function bar(done: number, all: number): string {
  const filled = Math.round((20 * done) / all);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`;
}

/** Seconds as a person reads them: 42 s, 3 min 20 s, 1 h 5 min. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** Aborted by the first Ctrl-C (SIGTERM too), for the reason at that moment; the second ends the process. */
export function interruptSignal(reason: Error | (() => Error)): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(typeof reason === 'function' ? reason() : reason);
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, abort);
  return controller.signal;
}
