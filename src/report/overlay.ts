/** @file A picture with its hole marked, so that a person sees what would be filled. */

import { checkImage, type Image, image, type Mask } from '../image/image.ts';
import { checkMaskSize } from '../image/mask.ts';

/** Sides below this are enlarged, each pixel to a square. */
const VISIBLE = 480;

/** The hole is magenta, a soft edge yellow where it is softest: no photograph has both, striped. */
const HOLE = [1, 0, 0.62] as const;
const SOFT = [1, 0.9, 0] as const;

/** How much of the picture a stripe hides, and what is between two stripes, which is darker: visible on magenta too. */
const STRIPE = { hides: 0.85, light: 1 };
const BETWEEN = { hides: 0.5, light: 0.35 };

/**
 * The picture with its hole striped in magenta, soft edges in yellow, and a line of black and white around both.
 * Small pictures are enlarged by a whole number.
 */
export function overlay(picture: Image, hole: Mask): Image {
  checkImage(picture);
  checkMaskSize(hole, picture);
  const scale = Math.max(1, Math.ceil(VISIBLE / Math.max(picture.width, picture.height)));
  const [width, height] = [picture.width * scale, picture.height * scale];
  const made = image(width, height, 3);
  const line = Math.min(3, Math.max(1, Math.round(Math.max(width, height) / 600)));
  const period = Math.max(12, Math.round(Math.max(width, height) / 40));
  const [small, large] = [picture.width * picture.height, width * height];
  const at = (x: number, y: number) => Math.floor(y / scale) * picture.width + Math.floor(x / scale);
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      const from = at(x, y);
      const m = hole.data[from]!;
      const edge = isEdge(hole, { x, y, scale, line });
      const { hides, light } = (x + y) % period < period / 2 ? STRIPE : BETWEEN;
      for (let c = 0; c < 3; c++) {
        const own = picture.data[(picture.channels === 3 ? c : 0) * small + from]!;
        const ink = light * (SOFT[c]! + m * (HOLE[c]! - SOFT[c]!));
        made.data[c * large + p] = edge ? (m > 0 ? 1 : 0) : m > 0 ? own + hides * (ink - own) : own;
      }
    }
  }
  return made;
}

/** Whether a pixel of the overlay is within `line` of where the hole, soft edges included, ends. */
function isEdge(
  { width, height, data }: Mask,
  { x, y, scale, line }: Readonly<Record<'x' | 'y' | 'scale' | 'line', number>>,
): boolean {
  const isHole = data[Math.floor(y / scale) * width + Math.floor(x / scale)]! > 0;
  for (let d = 1; d <= line; d++) {
    for (let dy = -d; dy <= d; dy += d) {
      const row = Math.floor((y + dy) / scale);
      if (row < 0 || row >= height) continue;
      for (let dx = -d; dx <= d; dx += d) {
        const column = Math.floor((x + dx) / scale);
        if (column >= 0 && column < width && data[row * width + column]! > 0 !== isHole) return true;
      }
    }
  }
  return false;
}
