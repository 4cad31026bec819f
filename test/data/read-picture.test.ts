import { expect, test } from 'vitest';
import { type ErrorCode, LatentfillError } from '../../src/base/errors.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { readPicture } from '../../src/data/read-picture.ts';
import { image } from '../../src/image/image.ts';

const picture = image(1, 1, 3, new Float32Array(3));

function failing(error: Error): Dataset {
  const licence = { licence: 'none', attribution: 'nobody' };
  const read = (index: number) => (index === 0 ? Promise.reject(error) : Promise.resolve(picture));
  return { name: 'some', length: 2, size: 1, captions: () => [], licence, image: read };
}

test.each<ErrorCode>(['image', 'file', 'data'])('of a picture that cannot be read (%s), why', async (code) => {
  const dataset = failing(new LatentfillError(code, 'Expected a picture, got none: mend it.'));
  expect(await readPicture(dataset, 0)).toEqual({ reason: 'Expected a picture, got none: mend it.' });
  expect(await readPicture(dataset, 1)).toEqual({ picture });
});

test('what is not the fault of one picture is thrown', async () => {
  const missing = new LatentfillError('missing', "Expected the package 'sharp', got none: install it.");
  for (const error of [missing, new RangeError('a fault of ours')]) {
    await expect(readPicture(failing(error), 0)).rejects.toBe(error);
  }
});
