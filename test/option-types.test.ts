import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { recipeSchema } from '../src/gan/recipe.ts';
import type { RecipeInput } from '../src/gan/recipe-type.ts';
import type { optionsSchema } from '../src/inpaint/options.ts';
import type { Options } from '../src/inpaint/options-type.ts';
import { current, written } from './option-types.ts';

test.each(Object.keys(written))('%s is what npm run docs writes', (path) => {
  expect(current(path)).toBe(written[path]);
});

test('what an editor takes, the schemas take', () => {
  const given = <T>(value: T): T => value;
  given<z.input<typeof optionsSchema>>({} as Options);
  given<Omit<z.input<typeof recipeSchema>, 'augment'>>({} as Omit<RecipeInput, 'augment'>); // a list that may be read only there
  expect(written['src/inpaint/options-type.ts']).toContain('@default 0.08 (ift6266: 0.9, yeh2017: 0.01, bamos: 0.01)');
});
