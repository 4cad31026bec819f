/** @file The terminal: results on standard output, messages and a live line on the error output, never two on one line. */

import { legible } from '../base/errors.ts';

/** True while the live line shows text. */
let isLive = false;

/** Prints a result, in one line or several. Control characters within a line, line breaks among them, are escaped. */
export function print(lines: string | readonly string[]): void {
  clearLive();
  console.log([lines].flat().map(legible).join('\n'));
}

/** Prints a result as one line of JSON. */
export function printJson(result: unknown): void {
  clearLive();
  const text = JSON.stringify(result);
  console.log(text.replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (c) => legible(c))); // the code is JSON's own
}

/** Prints a message on the error output. */
export function say(sentence: string): void {
  clearLive();
  console.error(`latentfill: ${legible(sentence)}`);
}

/** A line that is overwritten as work goes on. */
export interface LiveLine {
  update(text: string): void;
  /** Erases the line. */
  done(): void;
}

/** A live line, redrawn at most ten times a second; nothing where the error output is no terminal. */
export function liveLine(): LiveLine {
  const stream = process.stderr;
  let last = 0;
  return {
    update(text) {
      const now = performance.now();
      if (!stream.isTTY || now - last < 100) return;
      last = now;
      isLive = true;
      stream.write(`\r\x1b[K${text.slice(0, (stream.columns || 80) - 1)}`);
    },
    done: clearLive,
  };
}

function clearLive(): void {
  if (isLive) process.stderr.write('\r\x1b[K');
  isLive = false;
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

/** Cells in columns, two spaces apart; those whose number `right` holds are aligned at their end. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = rows[0]?.map((_, c) => Math.max(...rows.map((row) => row[c]!.length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, c) => (right.includes(c) ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd(),
  );
}
