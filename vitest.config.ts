import { defineConfig } from 'vitest/config';

// Debian's chromium brings SwiftShader, a GPU made of software, and the Vulkan loader that finds it.
const CHROMIUM = '/usr/lib/chromium';

// Of what is slow because it is exhaustive, `npm test` runs a fixed sample, `npm run test:all` (--mode all) the whole.
export default defineConfig(({ mode }) => ({
  test: {
    env: { LATENTFILL_TEST_EXTENT: mode === 'all' ? 'whole' : 'sample' },
    testTimeout: 60_000,
    hookTimeout: 120_000, // a first start of Vite or Chromium reads much from the disk
    // ONNX Runtime already uses every core; two files at a time keep small machines responsive.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'node', include: ['test/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'webgpu',
          include: ['test/runtime/devices.test.ts', 'test/graph/models.test.ts', 'test/gan/device.test.ts'],
          pool: 'forks', // what finds the GPU reads its environment when the process begins
          env: {
            LATENTFILL_TEST_DEVICE: 'webgpu',
            LD_LIBRARY_PATH: CHROMIUM,
            VK_ICD_FILENAMES: `${CHROMIUM}/vk_swiftshader_icd.json`,
          },
        },
      },
    ],
  },
}));
