/** @file Which face of a picture a hole hides. */

import { type FaceLayout, faceSquare } from '../image/face-square.ts';
import type { Mask } from '../image/image.ts';
import { partHole } from '../image/part-hole.ts';
import type { FoundFace } from './find-faces.ts';

/** The face whose square, in a model's layout, holds most of a hole; undefined where no piece lies mostly in one. */
export function faceOfHole(faces: readonly FoundFace[], hole: Mask, layout: FaceLayout): FoundFace | undefined {
  let best: { readonly face: FoundFace; readonly pixels: number } | undefined;
  for (const face of faces) {
    const { inside, pixels } = partHole(hole, faceSquare(face.points, layout));
    if (inside && (!best || pixels > best.pixels)) best = { face, pixels };
  }
  return best?.face;
}
