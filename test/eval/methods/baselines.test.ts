import { expect, test } from 'vitest';
import { corrupted, meanColour } from '../../../src/eval/methods/baselines.ts';
import { centreHole } from '../../../src/image/holes.ts';
import { picture } from '../../helpers/pictures.ts';

const hole = centreHole(32, 32);

test('baselines see known pixels only', () => {
  const truth = picture(32, 32, (x, y, c) => (hole.data[y * 32 + x] ? 1 : c / 4));
  const filled = meanColour(truth, hole);
  for (let c = 0; c < 3; c++) expect(filled.data[c * 1024 + 16 * 32 + 16]).toBeCloseTo(c / 4, 5);
  expect(filled.data[0]).toBe(truth.data[0]);
  expect(corrupted(truth, hole).data[16 * 32 + 16]).toBe(0.5);
});
