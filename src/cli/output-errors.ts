/** @file Handles errors of standard output and error output. */

import { reasonOf } from '../base/write-whole.ts';

/**
 * Lets a command finish its work although its output cannot be written. If the reader closes the pipe (EPIPE, by `|
 * head -1`), the command continues without output and ends with its usual exit code, since its results are files. Any
 * other error (a full disk) is reported once, the command continues too, and `failed` is called, since its output is
 * lost.
 */
export function guardOutput(failed: () => void): void {
  let said = false;
  for (const [name, stream] of [['output', process.stdout] as const, ['error output', process.stderr] as const]) {
    let broken = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (broken) return; // whatever comes after the first error follows from it
      broken = true;
      if (error.code === 'EPIPE') return;
      failed();
      if (!said) console.error(`latentfill: Expected to write to the standard ${name}, but ${reasonOf(error)}.`);
      said = true;
    });
  }
}
