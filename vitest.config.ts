import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Debian's chromium brings SwiftShader, a GPU made of software, and the Vulkan loader that finds it.
const CHROMIUM = '/usr/lib/chromium';

const ON_DEVICES = ['test/runtime/devices.test.ts', 'test/graph/models.test.ts', 'test/gan/device.test.ts'];
/** They replace a module, which others must not see. */
const REPLACING = ['test/gan/stop.test.ts', 'test/inpaint/inpainter.test.ts', 'test/watch/stop.test.ts'];
/** What takes longest, first: a fresh clone remembers no times, and a long file that begins last is waited for. */
const LONGEST = [
  'browser/browser',
  'gan/device',
  'graph/models',
  'cli/cli',
  'cli/train',
  'gan/train',
  'cli/import',
  'runtime/devices',
  'browser/package',
  'data/workers',
  'watch/stop',
  'engine/killed',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      const quick = ON_DEVICES.some((name) => moduleId.endsWith(name)) && project.name === 'node';
      return at < 0 || quick ? LONGEST.length : at;
    };
    return files.sort((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

// Of what is slow because it is exhaustive, `npm test` runs a fixed sample, `npm run test:all` (--mode all) the whole, each file
// with modules of its own.
export default defineConfig(({ mode }) => {
  const whole = mode === 'all';
  return {
    test: {
      env: { LATENTFILL_TEST_EXTENT: whole ? 'whole' : 'sample' },
      testTimeout: 60_000,
      hookTimeout: 120_000, // a first start of Vite or Chromium reads much from the disk
      // ONNX Runtime already uses every core; few files at a time keep small machines responsive.
      maxWorkers: whole ? 2 : 3,
      isolate: whole,
      sequence: { sequencer: LongestFirst },
      projects: [
        { extends: true, test: { name: 'node', include: ['test/**/*.test.ts'], exclude: REPLACING } },
        { extends: true, test: { name: 'replacing', include: REPLACING, isolate: true } },
        {
          extends: true,
          test: {
            name: 'webgpu',
            include: ON_DEVICES,
            isolate: true,
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
  };
});
