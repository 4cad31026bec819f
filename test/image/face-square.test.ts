import { expect, test } from 'vitest';
import { type FacePoints, type FivePoints, faceSquare } from '../../src/image/face-square.ts';

const upright: FivePoints = [
  [40, 40],
  [80, 40],
  [60, 62],
  [44, 80],
  [76, 80],
];

/** Points turned about (60, 50), clockwise as seen, made larger and moved. */
function moved(points: FivePoints, angle: number, scale: number, [dx, dy]: readonly [number, number]): FivePoints {
  const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  return points.map(([x, y]) => [
    60 + cos * (x - 60) - sin * (y - 50) + dx,
    50 + sin * (x - 60) + cos * (y - 50) + dy,
  ]) as unknown as FivePoints;
}

test('the rule of FFHQ', () => {
  // Eyes 40 apart, the mouth 40 below: x = (80, 0), made max(2 · 40, 1.8 · 40) = 80 long; c = (60, 40) + 0.1 · (0, 40).
  expect(faceSquare(upright, { layout: 'ffhq' })).toEqual({ x: -20, y: -36, width: 160, height: 160, angle: 0 });
  const [left, right, , a, b] = upright;
  expect(faceSquare([left, right, a, b], { layout: 'ffhq' })).toEqual(faceSquare(upright, { layout: 'ffhq' }));
});

const places: FivePoints = [
  [0.38, 0.48],
  [0.62, 0.48],
  [0.5, 0.6],
  [0.4, 0.7],
  [0.6, 0.7],
];

test.each([['ffhq', { layout: 'ffhq' }] as const, ['places of five points', { points: places }] as const])(
  'the square turns, grows and moves with its face: %s',
  (_name, layout) => {
    const before = faceSquare(upright, layout);
    for (const angle of [-2.5, -0.4, 0.2, 1.2, 3]) {
      const { x, y, width, angle: turned } = faceSquare(moved(upright, angle, 2.5, [7, -30]), layout);
      const [[mx, my]] = moved(
        [[before.x + before.width / 2, before.y + before.width / 2]] as never,
        angle,
        2.5,
        [7, -30],
      );
      expect(width).toBeCloseTo(2.5 * before.width, 6);
      expect(x + width / 2).toBeCloseTo(mx, 6);
      expect(y + width / 2).toBeCloseTo(my, 6);
      expect(turned).toBeCloseTo(angle, 6);
    }
  },
);

test('a face that lies as the places say has the square itself', () => {
  const points = places.map(([x, y]) => [100 * x + 30, 100 * y - 12]) as unknown as FivePoints;
  const { x, y, width, angle } = faceSquare(points, { points: places });
  for (const [got, wanted] of [
    [x, 30],
    [y, -12],
    [width, 100],
    [angle, 0],
  ])
    expect(got).toBeCloseTo(wanted!, 6);
});

test.each<[string, unknown]>([
  ['three points', upright.slice(0, 3)],
  ['no list', 'face'],
  ['no numbers', [...upright.slice(0, 4), [Number.NaN, 1]]],
  ['mirrored', [upright[1], upright[0], upright[2], upright[4], upright[3]]],
  ['all at one place', upright.map(() => [5, 5])],
])('what is no face is refused: %s', (_name, points) => {
  expect(() => faceSquare(points as FacePoints, { layout: 'ffhq' })).toThrow(/^Expected .*, got .*: .*\.$/);
});
