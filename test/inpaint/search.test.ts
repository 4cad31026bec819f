import { afterAll, describe, expect, test } from 'vitest';
import { psnr } from '../../src/eval/measures/psnr.ts';
import { centreHole } from '../../src/image/holes.ts';
import { settle } from '../../src/inpaint/effort.ts';
import type { MaskedImage } from '../../src/inpaint/inpaint.ts';
import { inpaintAll } from '../../src/inpaint/inpainter.ts';
import { openStep } from '../../src/inpaint/open-step.ts';
import { resolveOptions } from '../../src/inpaint/options.ts';
import type { Problem } from '../../src/inpaint/problem.ts';
import { planRounds } from '../../src/inpaint/rounds.ts';
import { type SearchState, search } from '../../src/inpaint/search.ts';
import { stage } from '../../src/inpaint/staging.ts';
import { generate } from '../../src/model/generate.ts';
import { spaceOf } from '../../src/model/spaces.ts';
import { openPrograms } from '../../src/runtime/programs.ts';
import { expectClose } from '../helpers/numbers.ts';
import { latents, noisePicture, tinyModel } from '../helpers/pictures.ts';

const model = tinyModel();
const live = { model, programs: openPrograms() };
afterAll(() => live.programs[Symbol.asyncDispose]());
const hole = centreHole(16, 16);
const planted = async (rows: number, seed: number): Promise<MaskedImage[]> =>
  (await generate(model, latents(rows, seed))).map((image) => ({ image, mask: hole }));
const problems = (holes: MaskedImage[], options: object): Problem[] =>
  holes.map((one) => stage(model, one, resolveOptions(options)).views[0]!.problem);

async function steps(holes: MaskedImage[], options: object): Promise<SearchState[]> {
  const all: SearchState[] = [];
  for await (const step of search(live, problems(holes, options), settle(model, resolveOptions(options))))
    all.push(step);
  return all;
}

test('the search recovers a latent that it planted, from the pixels around the hole alone', async () => {
  const holes = await planted(3, 1);
  const filled = await inpaintAll(model, holes, { screen: 256, restarts: 8, steps: 300, lambda: 0 });
  filled.forEach(({ candidates }, i) => {
    expect(psnr(candidates[0]!.views[0]!.generated, holes[i]!.image, hole).hole).toBeGreaterThan(30);
    expectClose(candidates[0]!.views[0]!.latent, latents(3, 1).slice(8 * i, 8 * i + 8), 0.1);
  });
});

describe.each(['ift6266', 'yeh2017', 'bamos', 'default'] as const)('preset %s', (preset) => {
  test('lowers its loss, keeps its best iterate, ranks its candidates', async () => {
    const options = { preset, steps: 40, restarts: 3 };
    const all = await steps(await planted(2, 2), options);
    for (const problem of [0, 1]) {
      const totals = all.map(({ candidates }) => candidates[problem]![0]!.losses.total);
      for (let i = 1; i < totals.length; i++) expect(totals[i]).toBeLessThanOrEqual(totals[i - 1]!);
      expect(totals.at(-1)).toBeLessThan(totals[0]!);
      const last = all.at(-1)!.candidates[problem]!;
      expect(last).toHaveLength(3);
      expect(last.map(({ losses }) => losses.total)).toEqual(
        last.map(({ losses }) => losses.total).sort((a, b) => a - b),
      );
    }
  });
});

test('the loss that is told is the loss of the latent that is given', async () => {
  const holes = await planted(1, 3);
  const options = { steps: 20, restarts: 1, screen: 0, halving: false, norm: 'l1', lambda: 0 };
  const best = (await steps(holes, options)).at(-1)!.candidates[0]![0]!;
  const [drawn] = await generate(model, best.latent);
  const { target, weights } = problems(holes, options)[0]!;
  let [sum, all] = [0, 0];
  drawn!.data.forEach((v, i) => {
    sum += weights[i % 256]! * Math.abs(2 * v - 1 - target[i]!);
    all += weights[i % 256]!;
  });
  expect(best.losses.contextual).toBeCloseTo(sum / all, 4);
});

test('an image has the same result alone and in any batch', async () => {
  const holes = await planted(5, 4);
  for (const preset of ['default', 'yeh2017'] as const) {
    const options = { preset, steps: 30, restarts: 4 };
    const together = await inpaintAll(model, holes, options);
    for (const i of [0, 4]) {
      const [alone] = await inpaintAll(model, [holes[i]!], options);
      expectClose((await alone!.blended()).data, (await together[i]!.blended()).data, 1e-4);
    }
  }
});

test('the same seed gives the same bits; another, another search', async () => {
  const holes = await planted(1, 5);
  const run = async (seed: number) => (await inpaintAll(model, holes, { steps: 20, restarts: 4, seed }))[0]!;
  const [a, b, c] = [await run(1), await run(1), await run(2)];
  expect((await b.blended()).data).toEqual((await a.blended()).data);
  expect(c.candidates[0]!.views[0]!.latent).not.toEqual(a.candidates[0]!.views[0]!.latent);
});

test('what is in the hole is never looked at', async () => {
  const [{ image }] = (await planted(1, 6)) as [MaskedImage];
  const spoiled = { ...image, data: image.data.map((v, i) => (hole.data[i % 256]! > 0 ? 1 - v : v)) };
  const options = { steps: 20, restarts: 2 };
  const [a, b] = await inpaintAll(
    model,
    [
      { image, mask: hole },
      { image: spoiled, mask: hole },
    ],
    options,
  );
  expectClose(a!.candidates[0]!.views[0]!.latent, b!.candidates[0]!.views[0]!.latent, 1e-4);
});

test.each(['uniform', 'normal'] as const)('latents stay in the range of their prior: %s', async (prior) => {
  const bounded = tinyModel(prior);
  const furthest = async (more: object) => {
    const options = resolveOptions({ learningRate: 1, lambda: 0, ...more });
    const { problem } = stage(bounded, { image: noisePicture(16, 16, 1), mask: hole }, options).views[0]!;
    await using programs = openPrograms();
    using step = await openStep(
      { model: bounded, programs },
      spaceOf(bounded, 'latent')!,
      [{ problem, latent: latents(1, 9) }],
      options,
    );
    let most = 0;
    for (let i = 0; i < 20; i++) {
      await step.run([2]);
      const z = await step.latents();
      most = Math.max(most, prior === 'uniform' ? Math.max(...z.map(Math.abs)) : Math.hypot(...z) / Math.sqrt(8));
    }
    return most;
  };
  expect(await furthest({})).toBeLessThanOrEqual(1 + 1e-6);
  expect(await furthest({ bound: 'box' })).toBeLessThanOrEqual(1 + 1e-6);
  expect(await furthest({ bound: 'none' })).toBeGreaterThan(1);
});

test('it stops by gradient norm, by plateau, and after its steps', async () => {
  const holes = await planted(1, 7);
  const quick = { screen: 0, restarts: 1, halving: false, steps: 400 };
  expect(await steps(holes, { ...quick, gradientTolerance: 1e6 })).toHaveLength(1);
  expect((await steps(holes, { ...quick, plateau: 3, learningRate: 1e-9, schedule: 'constant' })).length).toBeLessThan(
    10,
  );
  expect(await steps(holes, { ...quick, steps: 7 })).toHaveLength(7);
});

test('leaving the loop, or aborting, ends the search', async () => {
  const holes = await planted(1, 8);
  for await (const { step } of search(live, problems(holes, {}), settle(model, resolveOptions({}))))
    if (step[0] === 2) break;
  const controller = new AbortController();
  const aborted = inpaintAll(
    model,
    holes,
    {},
    { signal: controller.signal, onStep: () => controller.abort(new Error('enough')) },
  );
  await expect(aborted).rejects.toThrow('enough');
});

test('halving gives all candidates a seventh of the steps, a quarter of them two, the best the rest', () => {
  expect(planRounds({ restarts: 8, steps: 140, halving: true, schedule: 'cosine' })).toEqual([
    { keep: 8, steps: 20 },
    { keep: 2, steps: 40 },
    { keep: 1, steps: 80 },
  ]);
  expect(planRounds({ restarts: 4, steps: 70, halving: true, schedule: 'cosine' })).toEqual([
    { keep: 4, steps: 10 },
    { keep: 1, steps: 60 },
  ]);
  expect(planRounds({ restarts: 4, steps: 70, halving: false, schedule: 'cosine' })).toEqual([{ keep: 4, steps: 70 }]);
  expect(
    planRounds({ restarts: 8, steps: 1, halving: true, schedule: 'cosine' }).reduce((s, { steps }) => s + steps, 0),
  ).toBe(1);
});

test('where the last round ends by itself, those before it are short', () => {
  const plateau = { halving: true, schedule: 'plateau' } as const;
  expect(planRounds({ restarts: 8, steps: 1000, ...plateau })).toEqual([
    { keep: 8, steps: 20 },
    { keep: 2, steps: 30 },
    { keep: 1, steps: 950 },
  ]);
  expect(planRounds({ restarts: 8, steps: 70, ...plateau })[0]).toEqual({ keep: 8, steps: 10 });
});

test('options that are wrong are told by name', () => {
  expect(() => resolveOptions({ lamda: 1 })).toThrow(/lamda/);
  expect(() => resolveOptions({ steps: 0, norm: 'l3' })).toThrow(
    /'norm': expected one of l1, l2, got l3; the option 'steps': expected at least 1, got 0/,
  );
  expect(resolveOptions({ preset: 'yeh2017', steps: 5 })).toMatchObject({
    window: 7,
    lambda: 0.003,
    steps: 5,
    bound: 'box',
  });
});
