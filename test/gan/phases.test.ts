import { expect, test } from 'vitest';
import { normal, random } from '../../src/base/random.ts';
import { buildPhases } from '../../src/gan/phases.ts';
import { recipeSchema } from '../../src/gan/recipe.ts';
import { recipes } from '../../src/gan/recipes/index.ts';
import { scheduleAt } from '../../src/gan/schedule.ts';
import type { TextForm } from '../../src/model/text/input-form.ts';
import { compile } from '../../src/runtime/compile.ts';
import { State } from '../../src/runtime/state.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const tiny = { size: 16, width: 4, latent: 8, norm: 'none', captions: { encoder: 'words' } } as const;
const form: TextForm = { kind: 'words', entries: 6, length: 3 };
const ROWS = 8;
const area = 3 * 16 * 16;

const given = {
  real: normal(random('real'), ROWS * area),
  latent: noise('latent', ROWS * 8),
  text: BigInt64Array.from({ length: ROWS * 3 }, (_, i) => BigInt(i % 7)),
  otherText: BigInt64Array.from({ length: ROWS * 3 }, (_, i) => BigInt((3 * i + 1) % 7)),
  otherWeight: Float32Array.from([1, 1, 0, 1, 1, 1, 0, 1]),
};
const scheduled = { learningRate: [1e-3], beta2: [0.9], r1Weight: [1], r2Weight: [1] };
const constants = Object.fromEntries(Object.entries(scheduled).map(([name, x]) => [name, Float32Array.from(x)]));

/** One discriminator and one generator step over the same images, in `parts` batches whose gradients are accumulated. */
async function weightsAfter(network: 'dcgan' | 'r3gan', parts: number): Promise<Record<string, Float32Array>> {
  const recipe = recipeSchema.parse({ ...tiny, network, batch: ROWS / parts, accumulate: parts });
  const { state, ...phases } = buildPhases(recipe, form);
  for (const phase of [phases.discriminator, phases.generator]) {
    for (let part = 0; part < parts; part++) {
      const { outputs, updates } = part < parts - 1 ? phase.accumulation! : phase;
      await using program = await compile(outputs, { state, updates });
      const cut = Object.entries(given).map(([name, data]) => {
        const length = data.length / parts;
        return [name, data.slice(part * length, (part + 1) * length)];
      });
      await program.run({ ...constants, ...Object.fromEntries(cut) });
    }
  }
  const names = state.names.filter((name) => /^(g|d|ema)\./.test(name));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await state.read(name)).slice()])));
}

test.each(['dcgan', 'r3gan'] as const)(
  '%s: gradients accumulated over batches move weights as one large batch',
  async (network) => {
    const [whole, accumulated] = [await weightsAfter(network, 1), await weightsAfter(network, 4)];
    for (const [name, weights] of Object.entries(whole)) {
      if (name === 'd.logit.bias') continue; // a relativistic loss has no gradient there
      // Adam's first step is the gradient's sign: what is nearly zero may round to either side.
      const differing = weights.filter((w, i) => Math.abs(w - accumulated[name]![i]!) > 2e-4).length;
      expect(differing / weights.length, name).toBeLessThan(0.02);
    }
    for (const [name, kept] of Object.entries(accumulated)) {
      if (name.endsWith('.accumulated'))
        expect(
          kept.every((g) => g === 0),
          name,
        ).toBe(true);
    }
  },
);

test('captions reach both networks: another caption changes their losses, and none for a recipe without', async () => {
  const recipe = recipeSchema.parse({ ...tiny, batch: ROWS });
  const { discriminator, generator, state } = buildPhases(recipe, form);
  const loss = async (phase: typeof discriminator, text: BigInt64Array) => {
    await using program = await compile(phase.outputs, { state });
    return (await program.run({ ...constants, ...given, text })).loss![0]!;
  };
  for (const phase of [discriminator, generator]) {
    expect(await loss(phase, given.text)).not.toBeCloseTo(await loss(phase, given.otherText), 6);
  }
  const without = buildPhases(recipeSchema.parse({ ...tiny, captions: {} }), null);
  expect(without.state.names.some((name) => name.includes('text'))).toBe(false);
});

test('an adaptive probability rises while the discriminator is right, and falls while it is not', async () => {
  const augment = { policy: ['translation'], mode: 'adaptive', target: 0, horizon: 80 } as const;
  const recipe = recipeSchema.parse({ ...tiny, captions: {}, batch: ROWS, augment });
  const { discriminator } = buildPhases(recipe, null);
  const eye = (rows: number) =>
    Float32Array.from({ length: rows * 256 }, (_, i) => (Math.floor(i / 16) % 16 === i % 16 ? 1 : 0));
  const parts = ['augment.real.rows', 'augment.real.columns', 'augment.fake.rows', 'augment.fake.columns'];
  const still = Object.fromEntries(parts.map((part) => [part, eye(ROWS)]));
  for (const right of [1, -1]) {
    const { state } = buildPhases(recipe, null);
    state.write('augment', Float32Array.of(0.5));
    const own = new State();
    for (const name of state.names) own.add(name, state.shape(name), await state.read(name));
    const { augment: next } = discriminator.updates;
    await using program = await compile(
      { right: discriminator.outputs.right! },
      { state: own, updates: { augment: next! } },
    );
    const { right: came } = await program.run({ ...constants, ...given, ...still });
    expect((await own.read('augment'))[0]).toBeCloseTo(0.5 + (Math.sign(came![0]!) * ROWS) / 80, 5);
    void right;
  }
});

test('schedules go from their first value to their last by a half cosine, and stay there', () => {
  const recipe = recipeSchema.parse({
    r1: 2,
    finalR1: 0.2,
    r2: 3,
    burnIn: 0.5,
    generator: { learningRate: 1e-3, finalLearningRate: 1e-4, beta2: 0.9, finalBeta2: 0.99 },
    augment: { probability: 0, finalProbability: 0.4 },
  });
  expect(scheduleAt(recipe, 0)).toMatchObject({
    r1: 2,
    r2: 3,
    augment: 0,
    learningRate: { g: 1e-3 },
    beta2: { g: 0.9 },
  });
  const middle = scheduleAt(recipe, 0.25);
  expectClose([middle.r1, middle.r2, middle.augment, middle.learningRate.g], [1.1, 3, 0.2, 5.5e-4], 1e-9);
  for (const progress of [0.5, 1]) {
    const end = scheduleAt(recipe, progress);
    expectClose(
      [end.r1, end.augment, end.learningRate.g, end.beta2.g, end.beta2.d],
      [0.2, 0.4, 1e-4, 0.99, 0.99],
      1e-9,
    );
  }
});

test('every recipe that ships is valid', () => {
  for (const [name, recipe] of Object.entries(recipes)) expect(() => recipeSchema.parse(recipe), name).not.toThrow();
});
