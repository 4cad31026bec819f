import { expect, test } from 'vitest';
import { lanesOf, searchGroups } from '../../../src/eval/evaluation/works.ts';
import { methodsOf } from '../../../src/eval/methods/parse.ts';
import { closeModel, cornerCase } from './corners.ts';

const methods = (text: string) =>
  methodsOf(text, { nearestTraining: () => Promise.reject(new Error('nobody asked for it')) });

test('methods share a lane where they differ in blending alone', () => {
  const lanes = lanesOf(
    closeModel,
    methods(
      'mean,default,default-poisson,mine:steps=3,mine2:steps=3,blend=paste,mine3:steps=3,seed=1,harmonic,mine4:steps=3@5,other=x,another=x',
    ),
  );
  expect(lanes.map((lane) => lane.methods.map(({ name }) => name))).toEqual([
    ...[['mean'], ['default', 'default-poisson'], ['mine', 'mine2'], ['mine3'], ['harmonic']],
    ...[['mine4'], ['other'], ['another']],
  ]);
  expect(lanes.map(({ options }) => options !== undefined)).toEqual([
    false,
    true,
    true,
    true,
    false,
    true,
    false,
    false,
  ]);
});

test('images that a search draws at most: screened ones, and one a candidate and step', () => {
  const drawn = (text: string) => lanesOf(closeModel, methods(text))[0]!.evaluations;
  expect(drawn('a:steps=10,screen=0,restarts=3,halving=false')).toBe(30);
  expect(drawn('a:steps=10,screen=40,restarts=3,halving=false')).toBe(70);
  expect(drawn('a:steps=10,screen=2,restarts=3,halving=false')).toBe(33); // as many are screened as are kept
  expect(drawn('a:steps=7,screen=0,restarts=8')).toBe(8 + 2 * 2 + 4);
  expect(drawn('mean')).toBe(0);
});

test('groups keep the order, hold every case once, and fill 64 rows at most', () => {
  const model = closeModel;
  const cases = [1, 3, 2, 2, 1, 1, 3, 3, 1, 2].map(cornerCase);
  for (const restarts of [1, 8, 24, 64]) {
    const groups = searchGroups({ model }, cases, { restarts }, ({ picture }) => picture < 2);
    expect(groups.flat().map(({ one }) => one)).toEqual(cases);
    expect(groups.flat().map(({ isWatched }) => isWatched)).toEqual(cases.map((_, i) => i < 2));
    const rows = groups.map((group) => group.reduce((sum, { views }) => sum + views * restarts, 0));
    for (const [g, group] of groups.entries()) {
      if (group.length > 1) expect(rows[g]).toBeLessThanOrEqual(64);
      const next = groups[g + 1]?.[0];
      if (next) expect(rows[g]! + next.views * restarts).toBeGreaterThan(64); // no room was left unused
    }
  }
  const views = searchGroups({ model }, cases, { restarts: 1 }, () => false).flat();
  expect(views.map((share) => share.views)).toEqual([1, 3, 2, 2, 1, 1, 3, 3, 1, 2]);
});

test('a division goes by the cases alone: it begins alike when more follow', () => {
  const [model, options] = [closeModel, { restarts: 16 }];
  const cases = Array.from({ length: 10 }, (_, picture) => cornerCase(1, picture));
  const sizes = (count: number) =>
    searchGroups({ model }, cases.slice(0, count), options, () => false).map((g) => g.length);
  expect(sizes(10)).toEqual([4, 4, 2]);
  expect(sizes(5)).toEqual([4, 1]);
});
