/** @file What is read from the 68 points of a face (iBUG 300-W, Sagonas et al. 2013). */

import type { FivePoints, Point } from '../image/face-square.ts';

/** How a face lies in the square that was looked at. */
interface Lying {
  /** Eyes, nose, corners of the mouth, as shares of the side. */
  readonly five: FivePoints;
  /** The middle of the square in which it would lie as faces that the network learned from. */
  readonly middle: Point;
  /** That square's side, as a share of this one's. */
  readonly size: number;
  /** How far it is turned, in radians. */
  readonly tilt: number;
}

/** The points' extent in squares that the detector gives. */
const EXTENT = 0.81;

/** For each point, the one that it is in a mirror. */
const MIRRORED = [
  ...[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], // the jaw
  ...[26, 25, 24, 23, 22, 21, 20, 19, 18, 17], // the brows
  ...[27, 28, 29, 30, 35, 34, 33, 32, 31], // the nose
  ...[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40], // the eyes
  ...[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65], // the mouth
];

/** What the network gave of a face and of its mirror image, [2, 136]: x and y of each point. Their means are less wrong. */
export function pointsOf(output: Float32Array): Lying {
  const points = MIRRORED.map((other, i): Point => {
    const [x, y] = [output[136 + 2 * other]!, output[136 + 2 * other + 1]!];
    return [(output[2 * i]! + 1 - x) / 2, (output[2 * i + 1]! + y) / 2];
  });
  const [left, right] = [meanOf(points.slice(36, 42)), meanOf(points.slice(42, 48))];
  const five: FivePoints = [left, right, points[30]!, points[48]!, points[54]!];
  const [eyes, mouth] = [meanOf([left, right]), meanOf([points[48]!, points[54]!])];
  // Eyes and mouth each tell the angle, as in the rule of FFHQ.
  const tilt = Math.atan2(right[1] - left[1] - (mouth[0] - eyes[0]), right[0] - left[0] + (mouth[1] - eyes[1]));
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const upright = points.map(([x, y]): Point => [cos * x + sin * y, cos * y - sin * x]);
  const [across, down] = [0, 1].map((axis) => {
    const along = upright.map((point) => point[axis]!);
    return [Math.min(...along), Math.max(...along)] as const;
  }) as [readonly [number, number], readonly [number, number]];
  const [x, y] = [(across[0] + across[1]) / 2, (down[0] + down[1]) / 2];
  return {
    five,
    middle: [cos * x - sin * y, sin * x + cos * y],
    size: Math.max(across[1] - across[0], down[1] - down[0]) / EXTENT,
    tilt,
  };
}

function meanOf(points: readonly Point[]): Point {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1)];
}
