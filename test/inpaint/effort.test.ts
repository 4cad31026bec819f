import { expect, test } from 'vitest';
import { reshape, slice } from '../../src/graph/ops/layout.ts';
import { conv } from '../../src/graph/ops/linear.ts';
import { constant } from '../../src/graph/value.ts';
import { settle } from '../../src/inpaint/effort.ts';
import { resolveOptions } from '../../src/inpaint/options.ts';
import type { Options } from '../../src/inpaint/options-type.ts';
import { loadModel } from '../../src/model/folder.ts';
import type { Model } from '../../src/model/model.ts';
import { tinyModel } from '../helpers/pictures.ts';

const toon = await loadModel('toon-64');
const numbers = (model: Model, options: Options) => {
  const { screen, restarts, steps } = settle(model, resolveOptions(options));
  return { screen, restarts, steps };
};

/** A generator of about 16·10⁹ operations an image, as one of 1024 pixels. */
const dear: Model = {
  ...tinyModel(),
  generator: (z) => {
    const kernel = constant(new Float32Array(2000 * 2000), [2000, 2000, 1, 1]);
    const x = constant(new Float32Array(2000 * 2000), [1, 2000, 40, 50]);
    return slice(reshape(conv(x, kernel), [1, -1]), [0, 0], [z.shape[0]!, 1]);
  },
};

test('a small model gets many candidates, a large one few and fewer steps; more effort is more of each', () => {
  expect(numbers(toon, {})).toEqual({ screen: 256, restarts: 8, steps: 1500 });
  const large = numbers(dear, {});
  expect(large).toEqual({ screen: 4, restarts: 1, steps: 166 });
  for (const model of [toon, dear]) {
    const [quick, normal, thorough] = (['quick', 'normal', 'thorough'] as const).map((effort) =>
      numbers(model, { effort }),
    );
    expect(quick!.steps).toBeLessThan(normal!.steps);
    expect(normal!.steps).toBeLessThan(thorough!.steps);
    expect(thorough!.screen).toBeGreaterThan(normal!.screen);
  }
});

test('a waist is searched from its mean, without screening', () => {
  const small = tinyModel();
  const waist = { size: 8, uses: 3, image: small.generator };
  expect(numbers({ ...small, waist }, {})).toMatchObject({ screen: 0, restarts: 8 });
  expect(numbers({ ...small, waist }, { searchIn: 'latent' })).toMatchObject({ screen: 256 });
});

test('what is given is taken, and presets of papers stay as they are', () => {
  expect(numbers(dear, { screen: 300, restarts: 3, steps: 7, effort: 'quick' })).toEqual({
    screen: 300,
    restarts: 3,
    steps: 7,
  });
  expect(numbers(dear, { preset: 'yeh2017', effort: 'quick' })).toEqual({ screen: 0, restarts: 1, steps: 1500 });
});
