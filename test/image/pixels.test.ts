import { expect, test } from 'vitest';
import { image, mask } from '../../src/image/image.ts';
import { imageFromPixels, pixelsOf } from '../../src/image/pixels.ts';
import { noisePicture } from '../helpers/pictures.ts';

test('pixels keep the bytes of an image, there and back', () => {
  const picture = noisePicture(5, 3, 1);
  const pixels = pixelsOf(picture);
  expect([...pixels.data.slice(0, 4)]).toEqual([0, 15, 30].map((i) => Math.round(picture.data[i]! * 255)).concat(255));
  expect(imageFromPixels(pixels)).toEqual(picture);
});

test('a grey image is red, green and blue; a hole is transparent', () => {
  const { data } = pixelsOf(image(2, 1, 1, Float32Array.of(0.2, 0.4)), mask(2, 1, Float32Array.of(0, 1)));
  expect([...data]).toEqual([51, 51, 51, 255, 102, 102, 102, 0]);
});

test('pixels of another size are told', () => {
  expect(() => imageFromPixels({ width: 2, height: 2, data: new Uint8ClampedArray(12) })).toThrow(
    'Expected 2×2×4 = 16 bytes of pixels, got 12.',
  );
});
