import { expect, test } from 'vitest';
import { byWord, openEnds } from '../../../src/eval/sweep/findings.ts';
import { gridOf } from '../../../src/eval/sweep/settings.ts';
import type { Tried } from '../../../src/eval/sweep/sweep.ts';
import { axisOf } from '../../../src/eval/sweep/values.ts';

const axes = [axisOf('learningRate', '0.1,0.3,0.9'), axisOf('norm', 'l1,l2')];

/** Settings ranked by a figure of each; those that differ from the best by `noise` or less cannot be told from it. */
function ranked(of: (learningRate: number, norm: string) => number, noise: number): Tried[] {
  const figure = (mean: number, low: number, high: number) => ({ pictures: 8, photographs: 8, mean, low, high });
  const all = gridOf(axes, {}).map((setting) => {
    const { learningRate, norm } = setting.values;
    return { setting, mean: of(learningRate as number, norm as string) };
  });
  const best = Math.max(...all.map(({ mean }) => mean));
  return all
    .sort((a, b) => b.mean - a.mean)
    .map(({ setting, mean }, i) => {
      const difference = i === 0 ? null : figure(mean - best, mean - best - noise, mean - best + noise);
      const hole = { own: figure(mean, mean - noise, mean + noise), difference };
      return { setting, count: 8, row: { method: setting.method.name, protocol: 'all', figures: { hole } } };
    });
}

test('a best value at the end of those tried is told, where the next is worse beyond chance', () => {
  const rising = (learningRate: number, norm: string) => 20 * learningRate + (norm === 'l1' ? 1 : 0);
  expect(openEnds(ranked(rising, 1), axes, 'hole')).toEqual([
    'learningRate 0.9 is the largest that was tried, and the next is worse: try larger ones.',
  ]);
  expect(
    openEnds(
      ranked((rate, norm) => -rising(rate, norm), 1),
      axes,
      'hole',
    ),
  ).toEqual(['learningRate 0.1 is the smallest that was tried, and the next is worse: try smaller ones.']);
});

test('it is not where the next may be as good, nor where the best lies between others', () => {
  expect(
    openEnds(
      ranked((rate) => 20 * rate, 15),
      axes,
      'hole',
    ),
  ).toEqual([]);
  expect(
    openEnds(
      ranked((rate) => -Math.abs(Math.log(rate / 0.3)), 0.01),
      axes,
      'hole',
    ),
  ).toEqual([]);
});

test('of an option in words, the best setting of each value, best first; one of numbers is none', () => {
  const found = byWord(
    ranked((rate, norm) => rate + (norm === 'l2' ? 1 : 0), 0.1),
    axes,
  );
  expect(found.map(({ option, each }) => [option, each.map(({ setting }) => setting.values)])).toEqual([
    [
      'norm',
      [
        { learningRate: 0.9, norm: 'l2' },
        { learningRate: 0.9, norm: 'l1' },
      ],
    ],
  ]);
});
