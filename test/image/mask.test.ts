import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { centreHole, halfHole, randomHole, strokeHole } from '../../src/image/holes.ts';
import { image, mask } from '../../src/image/image.ts';
import { binarise, boundingBox, checkMask, holeFraction, invertMask } from '../../src/image/mask.ts';

test('holes cover what their protocols say', () => {
  expect(holeFraction(centreHole(64, 64))).toBe(0.25);
  expect(boundingBox(centreHole(64, 64))).toEqual({ x: 16, y: 16, width: 32, height: 32 });
  for (const side of ['left', 'right', 'top', 'bottom'] as const)
    expect(holeFraction(halfHole(64, 64, side))).toBe(0.5);
  expect(boundingBox(halfHole(64, 64, 'bottom'))).toEqual({ x: 0, y: 32, width: 64, height: 32 });
  expect(boundingBox(halfHole(64, 64, 'right'))).toEqual({ x: 32, y: 0, width: 32, height: 64 });
  expect(holeFraction(randomHole(64, 64, 0.8, random(1)))).toBeCloseTo(0.8, 1);
  for (let seed = 0; seed < 20; seed++) {
    const covered = holeFraction(strokeHole(64, 64, random('strokes', seed)));
    expect(covered).toBeGreaterThanOrEqual(0.15);
    expect(covered).toBeLessThan(0.32);
  }
});

test('strokes come to an end on the smallest images, and are the same for the same stream', () => {
  for (const [w, h] of [
    [1, 1],
    [1, 9],
    [4, 3],
  ] as const) {
    expect(holeFraction(strokeHole(w, h, random('tiny', w, h)))).toBeGreaterThanOrEqual(0.15);
  }
  expect(strokeHole(40, 30, random(7))).toEqual(strokeHole(40, 30, random(7)));
  expect(strokeHole(40, 30, random(7))).not.toEqual(strokeHole(40, 30, random(8)));
});

test('soft edges made hard', () => {
  const soft = mask(4, 1, Float32Array.of(0, 0.5, 0.51, 1));
  expect([...binarise(soft).data]).toEqual([0, 0, 1, 1]);
  expect([...binarise(soft, 0).data]).toEqual([0, 1, 1, 1]);
});

test('inverting, and boxes of odd masks', () => {
  expect([...invertMask(mask(2, 1, Float32Array.of(0, 0.25))).data]).toEqual([1, 0.75]);
  expect(boundingBox(mask(3, 3))).toBeUndefined();
  const one = mask(4, 3);
  one.data[2 * 4 + 3] = 0.1;
  expect(boundingBox(one)).toEqual({ x: 3, y: 2, width: 1, height: 1 });
});

test('a mask that cannot be used is told in one sentence', () => {
  const size = { width: 4, height: 4 };
  expect(() => checkMask(mask(4, 4), size)).toThrow(
    /^Expected a hole \(white, 1\) in the mask, got none: paint it white, or invert it\.$/,
  );
  expect(() => checkMask(mask(4, 4, new Float32Array(16).fill(1)), size)).toThrow(/got only hole/);
  expect(() => checkMask(mask(5, 4), size)).toThrow(/Expected the mask to be 4×4 pixels like the image, got 5×4/);
  expect(() => image(2, 2, 3, new Float32Array(11))).toThrow(/12 values/);
  expect(() => mask(2, 2, new Float32Array(3))).toThrow(/4 values/);
});
