/** @file The program of the child process of {@link beginProcess}. Node only. */

import { serve } from './serve.ts';

process.on('disconnect', () => process.exit()); // ends with the parent process
// A terminal sends these signals to the whole process group; the parent process decides what to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
serve({
  // Errors of sending are ignored: the parent process has just ended, and this one will end too.
  post: (message) => void process.send!(message, undefined, undefined, () => {}),
  listen: (hear) => void process.on('message', hear as (message: unknown) => void),
});
