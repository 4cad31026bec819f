/** @file What runs in a process of {@link beginProcess}. Node only. */

import { serve } from './serve.ts';

process.on('disconnect', () => process.exit()); // with the process that asks
// A terminal's Ctrl-C comes here too. It is for the process that asks, which may first end what it does in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
serve({
  // What cannot be sent any more nobody waits for: that process has just gone, and so will this one.
  post: (message) => void process.send!(message, undefined, undefined, () => {}),
  listen: (hear) => void process.on('message', hear as (message: unknown) => void),
});
