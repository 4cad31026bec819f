import { expect, test } from 'vitest';
import { mirror } from '../../src/image/mirror.ts';
import { noisePicture } from '../helpers/pictures.ts';

test('left and right are exchanged in each row and channel, and twice gives the picture back', () => {
  const picture = noisePicture(5, 3, 1);
  const turned = mirror(picture);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < 3; y++) {
      const row = (data: Float32Array) => [...data.subarray(c * 15 + y * 5, c * 15 + y * 5 + 5)];
      expect(row(turned.data)).toEqual(row(picture.data).reverse());
    }
  }
  expect(mirror(turned)).toEqual(picture);
});
