import { describe, expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { drawAugmentation } from '../../src/gan/augment.ts';
import { buildPhases } from '../../src/gan/phases.ts';
import { recipeSchema } from '../../src/gan/recipe.ts';
import type { TextForm } from '../../src/model/text/input-form.ts';
import { compile } from '../../src/runtime/compile.ts';
import type { Device } from '../../src/runtime/devices.ts';
import { ofExtent } from '../helpers/extent.ts';
import { noise } from '../helpers/numbers.ts';
import { deviceUnderTest } from '../helpers/under-test.ts';

const { device, missing, label } = deviceUnderTest();
const form: TextForm = { kind: 'words', entries: 6, length: 3 };
const N = 4;
const policy = ['colour', 'translation', 'cutout'] as const;
const recipeOf = (network: 'dcgan' | 'r3gan') =>
  recipeSchema.parse({
    ...{ network, size: 16, width: 4, maxWidth: 8, groupWidth: 4, latent: 8, norm: 'none', fine: true, batch: N },
    captions: { encoder: 'words', augmentation: 0.1, size: 8 },
    augment: { policy },
  });

/** What two cycles of training report: the second says whether the first has moved the weights as it should. */
async function twoCycles(network: 'dcgan' | 'r3gan', on: Device): Promise<Record<string, number>> {
  const { discriminator, generator, state } = buildPhases(recipeOf(network), form);
  const drawn = (name: string, n: number) =>
    drawAugmentation(name, [...policy], { n, size: 16, p: 1, rng: random(name) });
  const feeds = {
    real: noise('real', N * 768),
    latent: noise('latent', N * 8),
    noise: noise('noise', N * 8),
    text: BigInt64Array.from({ length: N * 3 }, (_, i) => BigInt(i % 7)),
    otherText: BigInt64Array.from({ length: N * 3 }, (_, i) => BigInt((3 * i + 1) % 7)),
    otherWeight: Float32Array.from([1, 1, 0, 1]),
    ...{ ...drawn('augment.real', N), ...drawn('augment.fake', N) },
    learningRate: Float32Array.of(1e-3),
    beta2: Float32Array.of(0.9),
    r1Weight: Float32Array.of(1),
    r2Weight: Float32Array.of(1),
  };
  await using d = await compile(discriminator.outputs, { state, updates: discriminator.updates, device: on });
  await using g = await compile(generator.outputs, { state, updates: generator.updates, device: on });
  const reported: Record<string, number> = {};
  for (let cycle = 0; cycle < 2; cycle++) {
    for (const [side, program] of Object.entries({ d, g })) {
      for (const [name, [x]] of Object.entries(await program.run(feeds))) reported[`${side}.${name}.${cycle}`] = x!;
    }
  }
  return reported;
}

const networks = ['dcgan', 'r3gan'] as const;

describe.skipIf(missing)(label, () => {
  test.each(
    device === 'cpu'
      ? networks
      : ofExtent<readonly (typeof networks)[number][]>({ sample: ['r3gan'], whole: networks }),
  )(
    '%s: training takes the steps that it takes on the CPU',
    async (network) => {
      const [here, there] = [await twoCycles(network, 'cpu'), await twoCycles(network, device)];
      expect(Object.keys(here).length).toBeGreaterThan(14);
      for (const [name, value] of Object.entries(here)) {
        // Adam's first step is the sign of each gradient: those that are nearly zero may differ.
        expect(Math.abs(there[name]! - value), name).toBeLessThan(2e-2 * Math.max(0.1, Math.abs(value)));
      }
    },
    300_000,
  );
});
