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

/** What the network gave, [136]: x and y of each point. */
export function pointsOf(output: Float32Array): Lying {
  const points = Array.from({ length: 68 }, (_, i): Point => [output[2 * i]!, output[2 * i + 1]!]);
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
