import { expect, test } from 'vitest';
import { gridOf, randomSettings } from '../../../src/eval/sweep/settings.ts';
import { rungsOf } from '../../../src/eval/sweep/sweep.ts';
import { axisOf } from '../../../src/eval/sweep/values.ts';

const axes = [axisOf('lambda', '0.1,1'), axisOf('norm', 'l1,l2')];

test('a grid has every combination, each over its base', () => {
  const grid = gridOf(axes, { preset: 'yeh2017', steps: 7 });
  expect(grid.map(({ method }) => method.name)).toEqual([
    'lambda=0.1,norm=l1',
    'lambda=0.1,norm=l2',
    'lambda=1,norm=l1',
    'lambda=1,norm=l2',
  ]);
  expect(JSON.parse(grid[1]!.method.definition)).toMatchObject({ lambda: 0.1, norm: 'l2', steps: 7, window: 7 });
  expect(() => gridOf([axisOf('lambda', '1e-3..1/100'), axisOf('learningRate', '1e-3..1/100')], {})).toThrow(
    'Expected at most 2000 settings in a grid, got 10000',
  );
});

test('values that the search forbids end before anything is tried', () => {
  expect(() => gridOf([axisOf('window', '4,5')], {})).toThrow("the option 'window'");
});

test('random settings are the same for a seed, different ones, and no more than there are', () => {
  const range = [axisOf('lambda', '1e-6..1'), axisOf('norm', 'l1,l2')];
  const names = (seed: number) => randomSettings(range, {}, 10, seed).map(({ method }) => method.name);
  expect(names(1)).toEqual(names(1));
  expect(names(1)).not.toEqual(names(2));
  expect(new Set(names(1)).size).toBe(10);
  expect(randomSettings(axes, {}, 10, 0)).toHaveLength(4);
});

test('rungs double the pictures up to the count, and halve no setting below one', () => {
  expect(rungsOf(32, 24)).toEqual([4, 8, 16, 32]);
  expect(rungsOf(32, 3)).toEqual([16, 32]);
  expect(rungsOf(3, 24)).toEqual([3]);
  expect(rungsOf(20, 1)).toEqual([20]);
});
