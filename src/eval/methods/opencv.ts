/** @file OpenCV's inpainting, to compare with: Telea 2004 (fast marching) and Navier-Stokes (Bertalmio et al. 2001). */

import cv from '@techstark/opencv-js';
import { type Image, image, type Mask } from '../src/image/image.ts';

/** Pixels around each missing one that are looked at, as OpenCV's own example has it. */
const RADIUS = 3;

// The module is thenable and resolves to itself: it must not be awaited.
if (!cv.Mat) await new Promise<void>((resolve) => (cv.onRuntimeInitialized = () => resolve()));

/** The picture with its hole filled by OpenCV. */
export function opencvFill(picture: Image, hole: Mask, method: 'telea' | 'navierStokes'): Image {
  const { width, height } = picture;
  const area = width * height;
  const source = cv.matFromArray(
    height,
    width,
    cv.CV_8UC3,
    Array.from({ length: 3 * area }, (_, i) => Math.round(255 * picture.data[(i % 3) * area + Math.floor(i / 3)]!)),
  );
  const mask = cv.matFromArray(
    height,
    width,
    cv.CV_8UC1,
    Array.from(hole.data, (m) => (m > 0 ? 255 : 0)),
  );
  const filled = new cv.Mat();
  cv.inpaint(source, mask, filled, RADIUS, method === 'telea' ? cv.INPAINT_TELEA : cv.INPAINT_NS);
  const data = picture.data.map((v, i) =>
    hole.data[i % area]! > 0 ? filled.data[(i % area) * 3 + Math.floor(i / area)]! / 255 : v,
  );
  for (const matrix of [source, mask, filled]) matrix.delete();
  return image(width, height, 3, data);
}
