import { expect, test } from 'vitest';
import { image, mask } from '../../src/image/image.ts';
import { overlay } from '../../src/report/overlay.ts';

const SIDE = 64;
const at = (x: number, y: number) => y * SIDE + x;

/** A square hole with a soft edge of two pixels. */
function softSquare() {
  const hole = mask(SIDE, SIDE);
  for (let y = 20; y < 44; y++) {
    for (let x = 20; x < 44; x++) hole.data[at(x, y)] = Math.min(1, Math.min(x - 19, y - 19, 44 - x, 44 - y) / 3);
  }
  return hole;
}

test.each([
  ['black', [0, 0, 0]],
  ['white', [1, 1, 1]],
  ['magenta', [1, 0, 0.62]],
  ['yellow', [1, 0.9, 0]],
  ['grey', [0.5, 0.5, 0.5]],
] as const)('the hole, its soft edge and its outline are seen on %s; the rest is the picture', (_name, [r, g, b]) => {
  const hole = softSquare();
  const picture = image(SIDE, SIDE, 3);
  for (const [c, v] of [r, g, b].entries()) picture.data.fill(v, c * SIDE * SIDE, (c + 1) * SIDE * SIDE);
  const { width, height, data } = overlay(picture, hole);
  const scale = width / SIDE;
  expect([width, height, Number.isInteger(scale)]).toEqual([512, 512, true]);
  /** The largest difference from the picture within a square of pixels. */
  const seen = (x0: number, y0: number, side: number) => {
    let most = 0;
    for (let y = y0 * scale; y < (y0 + side) * scale; y++) {
      for (let x = x0 * scale; x < (x0 + side) * scale; x++) {
        for (const [c, v] of [r, g, b].entries())
          most = Math.max(most, Math.abs(data[c * width * height + y * width + x]! - v));
      }
    }
    return most;
  };
  expect(seen(2, 2, 16)).toBeLessThan(1e-6); // float32
  expect(seen(30, 30, 4)).toBeGreaterThan(0.25); // stripes in the hole
  expect(seen(20, 30, 2)).toBeGreaterThan(0.25); // in its soft edge
  expect(seen(19, 30, 2)).toBeGreaterThan(0.35); // the line around it
});
