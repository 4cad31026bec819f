/** @file What runs in a process of {@link beginProcess}. Node only. */

import { serve } from './serve.ts';

process.on('disconnect', () => process.exit()); // with the process that asks
serve({
  post: (message) => void process.send!(message),
  listen: (hear) => void process.on('message', hear as (message: unknown) => void),
});
