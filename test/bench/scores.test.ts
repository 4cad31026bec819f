import { expect, test } from 'vitest';
import { agreement, chance, questionsOf } from '../../bench/captions/scores.ts';

const faces = (...beards: string[]) => beards.map((beard) => ({ beard }));
const wanted = faces('none', 'none', 'chin', 'fullBeard');
const seen = faces('none', 'chin', 'chin', 'chin');
const [kind, presence, where] = questionsOf('beard') as [Q, Q, Q];
type Q = ReturnType<typeof questionsOf>[number];

test('shares count the faces that answer as wanted, of those that are asked', () => {
  expect(agreement(kind, seen, wanted)).toMatchObject({ share: 0.5, count: 4 });
  expect(agreement(presence, seen, wanted)).toMatchObject({ share: 0.75, count: 4 });
  expect(agreement(where, seen, wanted)).toMatchObject({ share: 0.5, count: 2 });
});

test('chance is the most frequent answer, and one of as many as there are', () => {
  expect(chance(kind, wanted)).toEqual({ majority: 0.5, uniform: 1 / 3 });
  expect(chance(presence, wanted)).toEqual({ majority: 0.5, uniform: 1 / 2 });
  expect(chance(where, wanted)).toEqual({ majority: 0.5, uniform: 1 / 2 });
});

test('the interval is that of a binomial share', () => {
  const many = Array.from({ length: 400 }, (_, i) => ({ beard: i % 5 === 0 ? 'chin' : 'none' }));
  const { share, low, high } = agreement(
    kind,
    many.map(() => ({ beard: 'none' })),
    many,
  );
  const spread = 1.96 * Math.sqrt((0.8 * 0.2) / 400);
  expect(share).toBeCloseTo(0.8);
  expect(Math.abs(low - (0.8 - spread))).toBeLessThan(0.01);
  expect(Math.abs(high - (0.8 + spread))).toBeLessThan(0.01);
});
