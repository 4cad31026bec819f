/** @file What runs in a process of {@link beginProcess}. Node only. */

import { serve } from './serve.ts';

process.on('disconnect', () => process.exit()); // with the process that asks
serve({
  // What cannot be sent any more nobody waits for: that process has just gone, and so will this one.
  post: (message) => void process.send!(message, undefined, undefined, () => {}),
  listen: (hear) => void process.on('message', hear as (message: unknown) => void),
});
