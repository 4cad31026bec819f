/** @file What becomes of a command whose output cannot be written. */

import { reasonOf } from '../base/write-whole.ts';

/**
 * Keeps what a command does from being lost with what it tells. A reader that has had enough (`| head -1` closes the pipe:
 * EPIPE) is no fault: the command goes on, tells no more and ends as if it had, for its result is in files: a training is
 * finished, a folder filled. Any other error (a full disk) is said once, the command goes on too, and `failed` is called,
 * since what was to be read is not there.
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
