/** @file OpenCV's inpainting, to compare with. Node only: needs the package @techstark/opencv-js. */

import { createRequire } from 'node:module';
import { optional } from '../../base/optional-package.ts';
import { type Image, image, type Mask } from '../../image/image.ts';
import type { Filler } from './method.ts';

/** Pixels around each missing one that are looked at, as OpenCV's own example has it. */
const RADIUS = 3;

/** OpenCV's two methods, for RGB pictures; known pixels are rounded to 8 bits for them. */
export interface OpencvFills {
  /** Fast marching (Telea 2004). */
  readonly telea: Filler;
  /** Navier-Stokes (Bertalmio, Bertozzi and Sapiro 2001). */
  readonly navierStokes: Filler;
}

type Opencv = typeof import('@techstark/opencv-js');

/**
 * Opens OpenCV, of about 10 MB, which is loaded when this is first called.
 * @throws LatentfillError where the package is not installed.
 */
export async function openOpencv(): Promise<OpencvFills> {
  const { cv } = await optional(load, '@techstark/opencv-js', "OpenCV's inpainting");
  return {
    telea: (picture, hole) => opencvFill(cv, picture, hole, cv.INPAINT_TELEA),
    navierStokes: (picture, hole) => opencvFill(cv, picture, hole, cv.INPAINT_NS),
  };
}

/**
 * The module's export is thenable and resolves to itself, so a promise of it never settles: hence the object around it,
 * and `require`, since the namespace of an `import` may have its `then` too.
 */
async function load(): Promise<{ readonly cv: Opencv }> {
  const cv: Opencv = createRequire(import.meta.url)('@techstark/opencv-js');
  if (!cv.Mat) await new Promise<void>((resolve) => (cv.onRuntimeInitialized = () => resolve()));
  return { cv };
}

function opencvFill(cv: Opencv, picture: Image, hole: Mask, method: number): Image {
  const { width, height, data } = picture;
  const area = width * height;
  const pixels = Array.from({ length: 3 * area }, (_, i) =>
    Math.round(255 * data[(i % 3) * area + Math.floor(i / 3)]!),
  );
  const source = cv.matFromArray(height, width, cv.CV_8UC3, pixels);
  const missing = Array.from(hole.data, (m) => (m > 0 ? 255 : 0));
  const mask = cv.matFromArray(height, width, cv.CV_8UC1, missing);
  const filled = new cv.Mat();
  cv.inpaint(source, mask, filled, RADIUS, method);
  const { data: bytes } = filled;
  const result = data.map((v, i) =>
    hole.data[i % area]! > 0 ? bytes[(i % area) * 3 + Math.floor(i / area)]! / 255 : v,
  );
  for (const matrix of [source, mask, filled]) matrix.delete();
  return image(width, height, 3, result);
}
