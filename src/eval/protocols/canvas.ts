/** @file Shapes drawn into a hole, by coordinates of a picture of another size. */

import type { Mask } from '../../image/image.ts';
import type { Box } from '../../image/mask.ts';

/** A hole that is drawn into as if its shorter side had 256 pixels. */
export interface Canvas {
  readonly hole: Mask;
  /** Its size in those pixels. */
  readonly width: number;
  readonly height: number;
  /** The side of a pixel of the hole, in those pixels. */
  readonly pixel: number;
}

type Point = readonly [x: number, y: number];

/** The canvas over a hole, which is changed by what is drawn. */
export function canvasOf(hole: Mask, shorter = 256): Canvas {
  const pixel = shorter / Math.min(hole.width, hole.height);
  return { hole, width: Math.round(hole.width * pixel), height: Math.round(hole.height * pixel), pixel };
}

/**
 * Draws a segment with round ends: every pixel whose centre is at most half of `thickness` from it. Points are centres
 * of the canvas's pixels; what is thinner than a pixel of the hole is drawn as thick as that.
 */
export function strokeInto(canvas: Canvas, from: Point, to: Point, thickness: number): void {
  const radius = Math.max(thickness, canvas.pixel) / 2;
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = dx * dx + dy * dy;
  const box = around(from, to, radius);
  fill(canvas, box, (x, y) => {
    const [px, py] = [x - 0.5 - from[0], y - 0.5 - from[1]];
    const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared));
    return (px - along * dx) ** 2 + (py - along * dy) ** 2 <= radius ** 2;
  });
}

/** Draws a box, at least a pixel of the hole wide and high: every pixel whose centre lies in it. */
export function boxInto(canvas: Canvas, { x, y, width, height }: Box): void {
  const { pixel } = canvas;
  fill(canvas, { x, y, width: Math.max(width, pixel), height: Math.max(height, pixel) }, () => true);
}

/** The box around a segment's pixels; the centre of pixel 0 lies at 0.5. */
function around(from: Point, to: Point, radius: number): Box {
  const [x, y] = [0, 1].map((axis) => Math.min(from[axis]!, to[axis]!) + 0.5 - radius);
  const [width, height] = [0, 1].map((axis) => Math.abs(to[axis]! - from[axis]!) + 2 * radius);
  return { x: x!, y: y!, width: width!, height: height! };
}

/** Sets the pixels of a box whose centres are inside the shape. */
function fill({ hole, pixel }: Canvas, box: Box, inside: (x: number, y: number) => boolean): void {
  const [left, right] = centres(box.x, box.width, pixel, hole.width);
  const [top, bottom] = centres(box.y, box.height, pixel, hole.height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (inside((x + 0.5) * pixel, (y + 0.5) * pixel)) hole.data[y * hole.width + x] = 1;
    }
  }
}

/** From the first pixel whose centre lies in [start, start + length) to the one after the last. */
function centres(start: number, length: number, pixel: number, size: number): [number, number] {
  const first = (at: number) => Math.min(size, Math.max(0, Math.ceil(at / pixel - 0.5)));
  return [first(start), first(start + length)];
}
