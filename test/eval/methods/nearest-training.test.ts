import { expect, test } from 'vitest';
import { openNearest } from '../../../src/eval/methods/nearest-training.ts';
import { centreHole, halfHole } from '../../../src/image/holes.ts';
import type { Image } from '../../../src/image/image.ts';
import { mask } from '../../../src/image/image.ts';
import { noisePicture, picture, rectangle } from '../../helpers/pictures.ts';

const gallery = Array.from({ length: 40 }, (_, i) => noisePicture(16, 12, i));

/** `inside` in the hole, `around` elsewhere. */
const composed = (around: Image, inside: Image, hole: Float32Array) =>
  picture(16, 12, (x, y, c) => (hole[y * 16 + x]! > 0 ? inside : around).data[c * 192 + y * 16 + x]!);

test('the hole comes from the picture whose known pixels are nearest, and the known pixels stay', async () => {
  const fill = await openNearest(gallery);
  const hole = rectangle(16, 12, [3, 2, 9, 8], 0.5);
  for (const i of [0, 17, 39]) {
    // In the hole stands another picture of the gallery, whose known pixels are far.
    const nearly = picture(16, 12, (x, y, c) => Math.min(1, gallery[i]!.data[c * 192 + y * 16 + x]! + 0.03));
    const corrupted = composed(nearly, gallery[(i + 1) % 40]!, hole.data);
    expect(fill(corrupted, hole)).toEqual(composed(nearly, gallery[i]!, hole.data));
  }
});

test('as a search that looks at every value finds it, for pictures like none of the gallery', async () => {
  const fill = await openNearest(gallery);
  for (const hole of [centreHole(16, 12), halfHole(16, 12, 'top')]) {
    for (let seed = 100; seed < 110; seed++) {
      const truth = noisePicture(16, 12, seed);
      const distances = gallery.map(({ data }) =>
        data.reduce((sum, v, k) => sum + (hole.data[k % 192] === 0 ? (v - truth.data[k]!) ** 2 : 0), 0),
      );
      const best = gallery[distances.indexOf(Math.min(...distances))]!;
      expect(fill(truth, hole)).toEqual(composed(truth, best, hole.data));
    }
  }
});

test('of equally near pictures it is the first, and none is mirrored', async () => {
  const [black, white, grey] = [0, 1, 0.2].map((v) => picture(4, 4, (x) => (x === 0 ? 0.6 : v)));
  const hole = rectangle(4, 4, [1, 0, 3, 4]);
  expect((await openNearest([white!, black!]))(grey!, hole)).toEqual(white);
  const turned = picture(4, 4, (x) => (x === 3 ? 0.6 : 1));
  expect((await openNearest([turned, black!]))(grey!, hole)).toEqual(black);
});

test('what does not fit is refused', async () => {
  await expect(openNearest([])).rejects.toThrow('Expected training pictures to copy holes from, got none');
  await expect(openNearest([gallery[0]!, noisePicture(12, 16, 1)])).rejects.toThrow(
    /Expected pictures of 16×12 .* got 12×16/,
  );
  const fill = await openNearest(gallery);
  expect(() => fill(noisePicture(16, 16, 1), centreHole(16, 16))).toThrow(/Expected pictures of 16×12/);
  expect(() => fill(gallery[0]!, mask(16, 12))).toThrow(/Expected a hole/);
});
