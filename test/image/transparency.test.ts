import { expect, test } from 'vitest';
import { image, mask } from '../../src/image/image.ts';
import { layInto, onWhite } from '../../src/image/transparency.ts';
import { expectClose } from '../helpers/numbers.ts';

const area = 12;
const colours = image(
  area,
  1,
  3,
  Float32Array.from({ length: 3 * area }, (_, i) => ((i * 53) % 256) / 255),
);
const alpha = Float32Array.of(0, 0, 0, 0, 0.2, 0.2, 0.2, 0.2, 1, 1, 1, 1);
const hole = mask(area, 1, Float32Array.of(0, 0.5, 1, 1, 0, 0.5, 1, 1, 0, 0.5, 1, 1));

test('a fill is visible, looks as it was blended on white, and leaves what is known as it is', () => {
  const layer = { image: colours, alpha };
  const seen = onWhite(layer);
  const fill = 0.25;
  const blended = image(
    area,
    1,
    3,
    seen.data.map((v, i) => v + hole.data[i % area]! * (fill - v)),
  );
  const { image: filled, alpha: opacity } = layInto(layer, hole, blended);
  expectClose(opacity!, Float32Array.of(0, 0.5, 1, 1, 0.2, 0.6, 1, 1, 1, 1, 1, 1), 1e-6);
  expectClose(onWhite({ image: filled, alpha: opacity }).data, blended.data, 1e-6);
  for (const i of [0, 4, 8]) {
    expect(opacity![i]).toBe(alpha[i]);
    for (let c = 0; c < 3; c++) expect(filled.data[c * area + i]).toBe(colours.data[c * area + i]);
  }
  expectClose(
    [1, 2, 3].map((i) => filled.data[i]!),
    [fill, fill, fill],
    1e-6,
  );
});

test('a picture is opaque once all that was transparent is filled', () => {
  const whole = mask(
    area,
    1,
    alpha.map((a) => (a < 1 ? 1 : 0)),
  );
  expect(layInto({ image: colours, alpha }, whole, colours).alpha).toBeUndefined();
  expect(layInto({ image: colours, alpha: undefined }, whole, colours).image).toBe(colours);
});
