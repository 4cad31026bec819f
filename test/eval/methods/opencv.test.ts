import { expect, test } from 'vitest';
import { psnr } from '../../../src/eval/measures/psnr.ts';
import { meanColour } from '../../../src/eval/methods/baselines.ts';
import { openOpencv } from '../../../src/eval/methods/opencv.ts';
import { picture, rectangle } from '../../helpers/pictures.ts';

const hole = rectangle(40, 24, [12, 8, 10, 7], 0.5);
const isMissing = (x: number, y: number) => hole.data[y * 40 + x]! > 0;

test('both methods keep known pixels, do not see the hole, and go on with what is around', async () => {
  const { telea, navierStokes } = await openOpencv();
  const truth = picture(40, 24, (x, y, c) => [x / 50, y / 30, 0.4 + (x + y) / 200][c]!);
  const corrupted = picture(40, 24, (x, y, c) => (isMissing(x, y) ? 1 : truth.data[c * 960 + y * 40 + x]!));
  for (const fill of [telea, navierStokes]) {
    const filled = fill(corrupted, hole);
    expect(filled).toEqual(fill(truth, hole));
    for (let k = 0; k < 3 * 960; k++) if (hole.data[k % 960] === 0) expect(filled.data[k]).toBe(truth.data[k]);
    expect(psnr(filled, truth, hole).hole).toBeGreaterThan(psnr(meanColour(truth, hole), truth, hole).hole + 6);
  }
  expect(telea(truth, hole)).not.toEqual(navierStokes(truth, hole));
});

test('colours stay in their channels', async () => {
  const fills = await openOpencv();
  const flat = picture(40, 24, (x, y, c) => (isMissing(x, y) ? 0.5 : [10, 100, 250][c]! / 255));
  for (const fill of [fills.telea, fills.navierStokes]) {
    const { data } = fill(flat, hole);
    // Telea's weighted sums drift by a level or two.
    for (const [k, v] of data.entries())
      expect(Math.abs(255 * v - [10, 100, 250][Math.floor(k / 960)]!)).toBeLessThan(3);
  }
});
