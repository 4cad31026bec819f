import { expect, test } from 'vitest';
import { centreHole } from '../../src/image/holes.ts';
import { openHere } from '../../src/inpaint/inpainter.ts';
import { importModel } from '../../src/model/import/import.ts';
import { styleGenerator } from '../helpers/networks.ts';
import { tinyModel } from '../helpers/pictures.ts';

const { model } = await importModel(
  { generator: styleGenerator(), discriminator: null },
  { name: 'styled', latent: 'normal', range: [-1, 1] },
);
const mask = centreHole(16, 16);
const options = { steps: 60, restarts: 4, screen: 32 };

test('a search in stages ends in copies of the waist, from which each candidate is drawn', async () => {
  await using inpainter = await openHere(model);
  const [sample] = await inpainter.sample(1, { seed: 3 });
  const masked = { image: sample!.image, mask };
  const totals: number[] = [];
  const onStep = ({ candidates }: { candidates: readonly (readonly { losses: { total: number } }[])[] }) =>
    void totals.push(candidates[0]![0]!.losses.total);
  const { candidates } = await inpainter.inpaint(masked, options, { onStep });
  expect(totals).toHaveLength(60);
  for (let i = 1; i < 60; i++) expect(totals[i]).toBeLessThanOrEqual(totals[i - 1]!);
  for (const { views } of candidates) {
    const { latent, space, generated } = views[0]!;
    expect([space, latent.length]).toEqual(['untied', 24]);
    const [drawn] = await inpainter.generate(latent, { space });
    expect(drawn!.data).toEqual(generated.data);
  }
  const copies = [0, 1, 2, 3].map((i) => candidates[0]!.views[0]!.latent.slice(6 * i, 6 * i + 6));
  expect(new Set(copies.map(String)).size).toBe(4); // they went apart
});

test.each([
  ['latent', 8],
  ['waist', 6],
] as const)('searchIn %s ends there', async (searchIn, size) => {
  await using inpainter = await openHere(model);
  const [sample] = await inpainter.sample(1, { seed: 3 });
  const filled = await inpainter.inpaint({ image: sample!.image, mask }, { ...options, searchIn });
  expect(filled.candidates[0]!.views[0]).toMatchObject({ space: searchIn });
  expect(filled.candidates[0]!.views[0]!.latent).toHaveLength(size);
});

test('copies fit the known pixels better than the waist, and the waist as well as the latent', async () => {
  await using inpainter = await openHere(model);
  const images = (await inpainter.sample(6, { seed: 5 })).map(({ image }) => image);
  const loss = async (searchIn: 'latent' | 'waist' | 'untied') => {
    const more = { ...options, steps: 120, searchIn, lambdaWaist: 0, lambdaPrior: 0, lambdaSpread: 0 };
    const all = await inpainter.inpaintAll(
      images.map((image) => ({ image, mask })),
      more,
    );
    return all.reduce((sum, { candidates }) => sum + candidates[0]!.losses.contextual, 0) / all.length;
  };
  const [latent, waist, untied] = [await loss('latent'), await loss('waist'), await loss('untied')];
  expect(waist).toBeLessThan(1.5 * latent);
  expect(untied).toBeLessThan(waist);
});

test('a search that is limited in time gives each stage its part of it, and says that it had not converged', async () => {
  await using inpainter = await openHere(model);
  const [sample] = await inpainter.sample(1, { seed: 3 });
  const masked = { image: sample!.image, mask };
  const endless = { ...options, steps: 1_000_000, schedule: 'constant' } as const;
  await inpainter.inpaint(masked, { ...endless, steps: 2 }); // compiles
  const began = performance.now();
  const { candidates, progress } = await inpainter.inpaint(masked, { ...endless, seconds: 1 });
  expect(performance.now() - began).toBeLessThan(30_000); // by steps it would take hours
  expect(candidates[0]!.views[0]!.space).toBe('untied');
  expect(progress.converged).toBe(false);
  expect(progress.evaluations).toBeGreaterThan(32);
});

test('a model without a waist is not searched there', async () => {
  await using inpainter = await openHere(tinyModel());
  const [sample] = await inpainter.sample(1);
  await expect(inpainter.inpaint({ image: sample!.image, mask }, { searchIn: 'waist' })).rejects.toThrow(
    /'searchIn' to be latent or auto for '.+', whose generator has no waist, got waist/,
  );
});
