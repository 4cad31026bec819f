import { expect, test } from 'vitest';
import { mask } from '../../src/image/image.ts';
import { resizeImage, resizeKnown } from '../../src/image/resize.ts';
import { cutTurned, isWithin, layTurned, type TurnedBox } from '../../src/image/turned.ts';
import { expectClose } from '../helpers/numbers.ts';
import { noisePicture, picture, rectangle } from '../helpers/pictures.ts';

const nothing = (width: number, height: number) => mask(width, height);
const square = (x: number, y: number, side: number, angle?: number): TurnedBox => ({
  ...{ x: x - side / 2, y: y - side / 2, width: side, height: side, angle },
});

test('without an angle it is what is done for squares that are not turned', () => {
  const from = noisePicture(40, 30, 1);
  const hole = rectangle(40, 30, [10, 8, 9, 7]);
  for (const [box, size] of [
    [{ x: 4, y: -3, width: 32, height: 32 }, 8],
    [{ x: 5, y: 4, width: 12, height: 12 }, 20],
  ] as const) {
    expect(cutTurned(from, hole, { ...box, angle: 0 }, size)).toEqual(resizeKnown(from, hole, box, size));
  }
  const laid = layTurned(from, { x: 3, y: 2, width: 40, height: 30 }, { x: 0, y: 0, width: 20, height: 20 });
  expect(laid).toEqual(resizeImage(from, 40, 30, { x: -3, y: -2, width: 20, height: 20 }));
});

test.each([
  ['shrunk', 24, 6],
  ['enlarged', 10, 40],
])('a square that is hardly turned is hardly another one: %s', (_how, side, size) => {
  const smooth = picture(40, 40, (x, y, c) => 0.5 + 0.4 * Math.sin((x + 2 * y) / 9 + c));
  const hole = rectangle(40, 40, [18, 18, 3, 30]);
  const upright = cutTurned(smooth, hole, square(20, 20, side), size);
  const turned = cutTurned(smooth, hole, square(20, 20, side, 1e-9), size);
  // One that is not turned is enlarged without what lies beyond it, so only the middle is the same.
  const isInner = (i: number) =>
    [i % size, Math.floor(i / size) % size].every((at) => Math.abs(2 * at + 1 - size) < size / 2);
  const inner = ({ share, image }: typeof turned) => [
    ...[...share].filter((_, i) => isInner(i)),
    ...[...image.data].filter((_, i) => isInner(i) && share[i % size ** 2]! > 0.5),
  ];
  expectClose(inner(turned), inner(upright), 0.01);
});

test.each([
  ['shrunk', 40, 9],
  ['enlarged', 20, 50],
])('a ramp is turned, and nothing else: %s', (_how, side, size) => {
  const from = picture(100, 90, (x, y, c) => 0.1 + (c === 0 ? x : c === 1 ? y : x + y) / 250);
  const angle = 0.5;
  const { image, share } = cutTurned(from, nothing(100, 90), square(48.3, 44.6, side, angle), size);
  expect(new Set(share)).toEqual(new Set([1]));
  const expected = picture(size, size, (u, v, c) => {
    const [dx, dy] = [((u + 0.5) / size - 0.5) * side, ((v + 0.5) / size - 0.5) * side];
    const x = 48.3 + Math.cos(angle) * dx - Math.sin(angle) * dy - 0.5;
    const y = 44.6 + Math.sin(angle) * dx + Math.cos(angle) * dy - 0.5;
    return 0.1 + (c === 0 ? x : c === 1 ? y : x + y) / 250;
  });
  expectClose(image.data, expected.data, 1e-5);
});

test('a quarter turn moves pixels, and keeps each', () => {
  const from = noisePicture(12, 12, 3);
  const { image } = cutTurned(from, nothing(12, 12), square(6, 6, 12, Math.PI / 2), 12);
  // Turned clockwise, the square's upper left corner is the picture's upper right one.
  expectClose(image.data, picture(12, 12, (x, y, c) => from.data[c * 144 + x * 12 + 11 - y]!).data, 1e-5);
});

test.each([
  ['a model larger than the square', 30, 64],
  ['a model smaller than the square', 60, 40],
])('what was cut out is laid back where it was: %s', (_how, side, size) => {
  const from = picture(90, 80, (x, y, c) => 0.5 + 0.3 * Math.sin(x / 8 + c) * Math.cos(y / 7));
  const view = square(44, 39, side, -0.7);
  const { image } = cutTurned(from, nothing(90, 80), view, size);
  const part = { x: 34, y: 31, width: 20, height: 16 };
  const back = layTurned(image, view, part);
  const there = picture(20, 16, (x, y, c) => from.data[c * 7200 + (y + 31) * 90 + x + 34]!);
  expectClose(back.data, there.data, 0.01);
});

test('finer than the picture, a fill is averaged, not sampled', () => {
  const stripes = picture(64, 64, (x) => x % 2);
  const laid = layTurned(stripes, square(8, 8, 16, 0.4), { x: 6, y: 6, width: 4, height: 4 });
  expectClose(laid.data, new Float32Array(48).fill(0.5), 0.13);
});

test('what is missing has no influence, and counts by its share', () => {
  const hole = rectangle(60, 60, [30, 0, 30, 60]);
  const seen = (wrong: number, size: number) =>
    cutTurned(
      picture(60, 60, (x) => (x < 30 ? 0.25 : wrong)),
      hole,
      square(30, 30, 36, 0.6),
      size,
    );
  for (const size of [9, 72]) {
    const [black, white] = [seen(0, size), seen(1, size)];
    expect(black).toEqual(white);
    const share = black.share.reduce((a, b) => a + b) / size ** 2;
    expect(share).toBeCloseTo(0.5, 1);
    for (let i = 0; i < size ** 2; i++) if (black.share[i]! > 0) expect(black.image.data[i]).toBeCloseTo(0.25, 5);
  }
});

test('beyond the picture nothing is known', () => {
  const { share } = cutTurned(noisePicture(20, 20, 1), nothing(20, 20), square(0, 0, 40, Math.PI / 4), 40);
  expect(share.reduce((a, b) => a + b) / 1600).toBeCloseTo(0.25, 1);
  expect([share[0], share[39], share[1599]]).toEqual([0, 0, 0]);
});

test('which pixels lie in a turned square', () => {
  const view = square(10, 10, 10, Math.PI / 4);
  expect([isWithin(view, 10, 10), isWithin(view, 10, 16.9), isWithin(view, 10, 17.2), isWithin(view, 14, 14)]).toEqual([
    ...[true, true, false, false],
  ]);
});
