/** @file Where a face lies: its points, and the turned square around it in which a generator of faces knows it. */

import { LatentfillError } from '../base/errors.ts';
import type { TurnedBox } from './turned.ts';

/** A place in a picture, in its pixels from its upper left corner, or in a square as a share of its side. */
export type Point = readonly [x: number, y: number];

/**
 * The left eye, the right eye, the tip of the nose, the left and the right corner of the mouth. Left is what is on the left
 * where the face is seen upright.
 */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/** {@link FivePoints}, or the same without the nose. */
export type FacePoints = FivePoints | readonly [Point, Point, Point, Point];

/**
 * How faces lie in a generator's square: by the rule of FFHQ (Karras et al. 2019), or with their five points at these places,
 * from 0 to 1.
 */
export type FaceLayout = { readonly layout: 'ffhq' } | { readonly points: FivePoints };

/**
 * The turned square of a picture in which a face lies as a generator knows it.
 * @throws LatentfillError for points that are no face's.
 */
export function faceSquare(points: FacePoints, layout: FaceLayout): TurnedBox {
  checkPoints(points);
  return 'points' in layout ? fittedSquare(points, layout.points) : ffhqSquare(points);
}

/** The rule by which FFHQ was cut (download_ffhq.py, recreate_aligned_images). */
function ffhqSquare(points: FacePoints): TurnedBox {
  const { eyes, across, down } = measured(points);
  const [dx, dy] = [across[0] + down[1], across[1] - down[0]];
  const half = Math.max(2 * Math.hypot(...across), 1.8 * Math.hypot(...down));
  return squareOf([eyes[0] + 0.1 * down[0], eyes[1] + 0.1 * down[1]], 2 * half, Math.atan2(dy, dx));
}

/** The square whose places come nearest to the points: a similarity of least squares (Umeyama 1991), in complex numbers. */
function fittedSquare(points: FacePoints, places: FivePoints): TurnedBox {
  const wanted: readonly Point[] = points.length === 5 ? places : withoutNose(places);
  const [from, to] = [meanOf(wanted), meanOf(points)];
  let [re, im, norm] = [0, 0, 0];
  for (const [i, [x, y]] of points.entries()) {
    const [px, py] = [wanted[i]![0] - from[0], wanted[i]![1] - from[1]];
    const [qx, qy] = [x - to[0], y - to[1]];
    re += px * qx + py * qy;
    im += px * qy - py * qx;
    norm += px ** 2 + py ** 2;
  }
  [re, im] = [re / norm, im / norm];
  const [mx, my] = [0.5 - from[0], 0.5 - from[1]];
  return squareOf([to[0] + re * mx - im * my, to[1] + im * mx + re * my], Math.hypot(re, im), Math.atan2(im, re));
}

function squareOf([x, y]: Point, side: number, angle: number): TurnedBox {
  return { x: x - side / 2, y: y - side / 2, width: side, height: side, angle };
}

/** The middle of the eyes, the way from the left to the right one, and the way from their middle to that of the mouth. */
function measured(points: FacePoints): { eyes: Point; across: Point; down: Point } {
  const [left, right, mouthLeft, mouthRight] = points.length === 5 ? withoutNose(points) : points;
  const [eyes, mouth] = [meanOf([left, right]), meanOf([mouthLeft, mouthRight])];
  return {
    eyes,
    across: [right[0] - left[0], right[1] - left[1]],
    down: [mouth[0] - eyes[0], mouth[1] - eyes[1]],
  };
}

function withoutNose([left, right, , mouthLeft, mouthRight]: FivePoints): readonly [Point, Point, Point, Point] {
  return [left, right, mouthLeft, mouthRight];
}

function meanOf(points: readonly Point[]): Point {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1)];
}

/** @throws LatentfillError unless they are four or five places that lie as a face's do. */
function checkPoints(points: FacePoints): void {
  const isPoint = (point: unknown) => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
  const isList = Array.isArray(points) && [4, 5].includes(points.length) && points.every(isPoint);
  if (!isList) {
    throw new LatentfillError(
      'options',
      `Expected a face as five points [x, y] (left eye, right eye, nose, left and right corner of the mouth), or as four without the nose, got ${JSON.stringify(points)}: give them in pixels of the picture.`,
    );
  }
  const { across, down } = measured(points);
  // Turned clockwise, the way across the eyes leads to that down to the mouth; otherwise the face is mirrored, or flat.
  if (across[0] * down[1] - across[1] * down[0] > 1e-6) return;
  throw new LatentfillError(
    'options',
    `Expected the points of a face (left eye, right eye, nose, left and right corner of the mouth, as seen in the picture), got ${JSON.stringify(points)}, which are mirrored or in a line: check their order.`,
  );
}
