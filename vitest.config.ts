import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // ONNX Runtime already uses every core; two files at a time keep small machines responsive.
    maxWorkers: 2,
  },
});
