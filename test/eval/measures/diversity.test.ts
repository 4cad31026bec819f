import { expect, test } from 'vitest';
import { diversity } from '../../../src/eval/measures/diversity.ts';
import { centreHole } from '../../../src/image/holes.ts';
import { image } from '../../../src/image/image.ts';
import { picture } from '../../helpers/pictures.ts';

const hole = centreHole(16, 16);
/** `inside` in the hole, `outside` around it, one value a channel. */
const candidate = (inside: readonly number[], outside = 0) =>
  picture(16, 16, (x, y, c) => (hole.data[y * 16 + x]! > 0 ? inside[c]! : outside));

test('the mean over pairs of the root mean squared difference in the hole', () => {
  const [a, b, c] = [candidate([0, 0, 0]), candidate([0.1, 0.1, 0.1], 1), candidate([0.4, 0, 0])];
  expect(diversity([a, b], hole)).toBeCloseTo(0.1, 6);
  const [ac, bc] = [Math.sqrt(0.16 / 3), Math.sqrt((0.09 + 0.01 + 0.01) / 3)];
  expect(diversity([a, b, c], hole)).toBeCloseTo((0.1 + ac + bc) / 3, 6);
  expect(diversity([b, b, b], hole)).toBe(0);
});

test('the difference is squared before the mean: a change of few pixels counts by its root', () => {
  const a = candidate([0, 0, 0]);
  const b = image(16, 16, 3, a.data.slice());
  b.data[8 * 16 + 8] = 1;
  expect(diversity([a, b], hole)).toBeCloseTo(Math.sqrt(1 / (64 * 3)), 6);
});

test('one candidate or none has no diversity to measure', () => {
  expect(diversity([candidate([0, 0, 0])], hole)).toBeNull();
  expect(diversity([], hole)).toBeNull();
});
