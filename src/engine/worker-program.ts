/** @file The program of the worker of {@link beginWorker}. */

import { serve } from './serve.ts';

const page = globalThis as unknown as {
  postMessage(message: unknown): void;
  onmessage: (event: { readonly data: never }) => void;
};
serve({
  post: (message) => page.postMessage(message),
  listen(hear) {
    page.onmessage = ({ data }) => hear(data);
  },
});
