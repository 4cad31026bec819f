import { afterAll, expect, test } from 'vitest';
import type { Share } from '../../../src/eval/evaluation/moments.ts';
import { watchSearch } from '../../../src/eval/evaluation/moments.ts';
import { searchGroups } from '../../../src/eval/evaluation/works.ts';
import type { FillStep } from '../../../src/inpaint/inpaint.ts';
import { openHere } from '../../../src/inpaint/inpainter.ts';
import type { Options } from '../../../src/inpaint/options-type.ts';
import { closeModel, cornerCase } from './corners.ts';

const inpainter = await openHere(closeModel);
afterAll(() => inpainter[Symbol.asyncDispose]());

const cases = [1, 2, 3].map(cornerCase);

/** Searches cases at once, watched; and the images that were drawn for all of them. */
async function watched(shares: readonly (Share & { one: (typeof cases)[number] })[], options: Options) {
  const watch = watchSearch(shares);
  const steps: FillStep[] = [];
  const masked = shares.map(({ one: { truth, mask } }) => ({ image: truth, mask }));
  await inpainter.inpaintAll(masked, options, {
    onStep(step) {
      watch.see(step);
      steps.push(step);
    },
  });
  return { watch, steps, drawn: steps.at(-1)!.evaluations };
}

const sharesOf = (options: Options, isWatched = (_: { picture: number }) => true) =>
  searchGroups(inpainter, cases, { ...options, restarts: 1 }, isWatched).flat();

test.each<Options>([
  { steps: 7, screen: 20, restarts: 8 },
  { steps: 7, screen: 0, restarts: 4 },
  { steps: 3, screen: 2, restarts: 3, halving: false },
  { steps: 2, screen: 20, restarts: 40 },
])('images drawn for a case among others are those drawn for it alone: %o', async (options) => {
  const shares = sharesOf(options);
  expect(shares.map(({ views }) => views)).toEqual([1, 2, 3]);
  const fits = shares.reduce((sum, { views }) => sum + views, 0) * options.restarts! <= 64;
  const together = fits ? (await watched(shares, options)).watch : undefined;
  for (const [i, share] of shares.entries()) {
    const { watch, drawn } = await watched([share], options);
    expect(watch.evaluations(0)).toBe(drawn); // also where its views are more than one search takes
    if (together) expect(together.evaluations(i)).toBe(drawn);
  }
});

test('a course: from the first step to the last in equal ratios, with the best candidate at each', async () => {
  const options = { steps: 90, screen: 8, restarts: 2, halving: false };
  const shares = sharesOf(options, ({ picture }) => picture !== 1);
  const { watch, steps } = await watched(shares, options);
  expect(watch.moments(1)).toEqual([]);
  const moments = watch.moments(0);
  expect(moments.length).toBeGreaterThan(8);
  expect(moments.length).toBeLessThanOrEqual(13);
  expect(moments.at(-1)).toMatchObject({ evaluations: watch.evaluations(0), best: steps.at(-1)!.candidates[0]![0] });
  expect(moments[0]).toMatchObject({ evaluations: 8 + 2 * shares[0]!.views, best: steps[0]!.candidates[0]![0] });
  for (const [m, moment] of moments.slice(1).entries()) {
    expect(moment.evaluations).toBeGreaterThan(moments[m]!.evaluations);
    expect(moment.seconds).toBeGreaterThanOrEqual(moments[m]!.seconds);
    expect(moment.best.losses.total).toBeLessThanOrEqual(moments[m]!.best.losses.total);
  }
});

test('a search that ends before its last step still has its end', () => {
  const watch = watchSearch([{ views: 1, isWatched: true }]);
  const best = { losses: { total: 1, contextual: 1, perceptual: null }, views: [] };
  for (let i = 1; i <= 5; i++)
    watch.see({
      step: [i, 1000],
      evaluations: i,
      candidates: [[best]],
      progress: [{ evaluations: i, converged: false, fell: 1 }],
    });
  expect(watch.moments(0).map(({ evaluations }) => evaluations)).toEqual([1, 2, 4, 5]);
  const none = watchSearch([{ views: 1, isWatched: true }]);
  none.see({ step: [1, 9], evaluations: 264, candidates: [[]], progress: [undefined] }); // no candidate is finite yet
  expect(none.moments(0)).toEqual([]);
});
