import { expect, test } from 'vitest';
import { image, mask } from '../../src/image/image.ts';
import { imageFromPixels, type Pixels, pixelsOf } from '../../src/image/pixels.ts';
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

test('pixels of another size or kind are told', () => {
  expect(() => imageFromPixels({ width: 2, height: 2, data: new Uint8ClampedArray(12) })).toThrow(
    /^Expected 2×2×4 = 16 bytes of pixels, got 12: .*\.$/,
  );
  expect(() => imageFromPixels({ width: 1.5, height: 2, data: new Uint8ClampedArray(12) })).toThrow(
    /^Expected the width of the pixels to be a positive whole number of pixels, got 1\.5: .*\.$/,
  );
  const floats = { width: 1, height: 1, data: new Float32Array(4) } as unknown as Pixels;
  expect(() => imageFromPixels(floats)).toThrow(
    /^Expected 8-bit pixels .* got a value of the kind Float32Array: .*\.$/,
  );
  expect(() => imageFromPixels(null as unknown as Pixels)).toThrow(/^Expected the pixels to have .*, got null: .*\.$/);
  expect(() => pixelsOf(image(2, 2, 3), mask(2, 1))).toThrow(/^Expected the mask to be 2×2 pixels .*, got 2×1: .*\.$/);
});
