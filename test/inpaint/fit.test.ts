import { expect, test } from 'vitest';
import { centreHole, holeInTurn } from '../../src/image/holes.ts';
import { coarseLoss, fitOf, measureFit } from '../../src/inpaint/fit.ts';
import { inpaintAll } from '../../src/inpaint/inpainter.ts';
import { resolveOptions } from '../../src/inpaint/options.ts';
import { stage } from '../../src/inpaint/staging.ts';
import { generate } from '../../src/model/generate.ts';
import { latents, noisePicture, picture, tinyModel } from '../helpers/pictures.ts';

const model = tinyModel();
const problemOf = (image: ReturnType<typeof picture>, hole = centreHole(16, 16)) =>
  stage(model, { image, mask: hole }, resolveOptions({})).views[0]!.problem;

test('the coarse loss is the difference of mean colours over cells, whatever the texture', () => {
  const flat = picture(16, 16, (_x, _y, c) => 0.2 + 0.1 * c);
  const grain = picture(16, 16, (x, y, c) => 0.2 + 0.1 * c + ((x + y) % 2 === 0 ? 0.1 : -0.1));
  expect(coarseLoss(model.card, grain, problemOf(flat))).toBeCloseTo(0, 6);
  const brighter = picture(16, 16, (_x, _y, c) => 0.2 + 0.1 * c + (c === 0 ? 0.3 : 0));
  expect(coarseLoss(model.card, brighter, problemOf(flat))).toBeCloseTo((2 * 0.3) / 3, 5); // one channel in three
  const half = picture(16, 16, (x, _y, c) => 0.2 + 0.1 * c + (x < 8 ? 0.3 : 0));
  expect(coarseLoss(model.card, half, problemOf(flat))).toBeCloseTo(0.3, 5);
});

test('what is in the hole does not count', () => {
  const seen = noisePicture(16, 16, 1);
  const hole = centreHole(16, 16);
  const other = { ...seen, data: seen.data.map((v, i) => (hole.data[i % 256] === 1 ? 1 - v : v)) };
  expect(coarseLoss(model.card, other, problemOf(seen))).toBeCloseTo(0, 6);
});

test('a fit is unknown where the card does not say, and told above the usual', () => {
  const fit = { pictures: 100, quantiles: Array.from({ length: 21 }, (_, i) => i / 100) };
  expect(fitOf({ card: {} }, [0.5])).toEqual({ loss: 0.5, usual: null, known: null });
  expect(fitOf({ card: { fit } }, [0.1, 0.2])).toEqual({ loss: 0.2, usual: 0.19, known: true });
  expect(fitOf({ card: { fit } }, [0.3, 0.2]).known).toBe(false);
});

test('measured on pictures that it can draw, a model knows those and not noise', { timeout: 60_000 }, async () => {
  const known = await generate(model, latents(24, 1));
  const options = { steps: 100, restarts: 4, screen: 256 };
  const quick = { inpaintAll: (masked: Parameters<typeof inpaintAll>[1]) => inpaintAll(model, masked, options) };
  const fit = await measureFit(quick, known);
  expect(fit.pictures).toBe(24);
  expect(fit.quantiles).toHaveLength(21);
  expect(fit.quantiles).toEqual([...fit.quantiles].sort((a, b) => a - b));
  const told = { ...model, card: { ...model.card, fit } };
  const others = [
    ...(await generate(model, latents(4, 2))),
    ...[1, 2, 3, 4].map((i) => picture(16, 16, (x, y) => Number(x + y > 10 + i))),
  ];
  const masked = others.map((image, i) => ({ image, mask: holeInTurn(16, i, 'other') }));
  const fits = (await inpaintAll(told, masked, options)).map((filled) => filled.fit.known);
  expect(fits).toEqual([true, true, true, true, false, false, false, false]);
  await expect(measureFit(quick, known.slice(5))).rejects.toThrow(/^Expected at least 20 pictures .* got 19/);
});
