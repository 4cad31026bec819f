/** @file The standard holes of the literature, for demos and evaluation (Yeh et al. 2017, section 4). */

import { LatentfillError } from '../base/errors.ts';
import { type Random, random } from '../base/random.ts';
import { checkSides } from './checks.ts';
import { type Mask, mask } from './image.ts';

/** The middle of each side: a quarter of the area. */
export function centreHole(width: number, height: number): Mask {
  return where(width, height, (x, y) => inMiddle(x, width) && inMiddle(y, height));
}

/** One half of the image. */
export function halfHole(width: number, height: number, side: 'left' | 'right' | 'top' | 'bottom'): Mask {
  const inside = {
    left: (x: number) => 2 * x < width,
    right: (x: number) => 2 * x >= width,
    top: (_x: number, y: number) => 2 * y < height,
    bottom: (_x: number, y: number) => 2 * y >= height,
  };
  return where(width, height, inside[side]);
}

/** Each pixel missing with probability `fraction`; the papers use 0.8. */
export function randomHole(width: number, height: number, fraction: number, rng: Random): Mask {
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new LatentfillError(
      'options',
      `Expected a fraction of missing pixels from 0 to 1, got ${fraction}: the papers use 0.8.`,
    );
  }
  return where(width, height, () => rng() < fraction);
}

/** Brush strokes, round at the ends and the bends, over 15 to 30 % of the image: the share is drawn first. */
export function strokeHole(width: number, height: number, rng: Random): Mask {
  checkSides(width, height, 'the mask');
  const data = new Float32Array(width * height);
  const side = Math.min(width, height);
  const goal = (0.15 + 0.14 * rng()) * data.length;
  let covered = 0;
  while (covered < goal) {
    // A disc of radius 0.75 covers a pixel at any position.
    const radius = Math.max(0.75, side * (0.03 + 0.04 * rng()));
    let [x, y, angle] = [rng() * (width - 1), rng() * (height - 1), rng() * 2 * Math.PI];
    const bends = 3 + Math.floor(rng() * 3);
    for (let bend = 0; bend < bends; bend++) {
      angle += (rng() - 0.5) * 2.4;
      const length = side * (0.1 + 0.2 * rng());
      for (let walked = 0; walked < length && covered < goal; walked++) {
        covered += disc(data, width, height, x, y, radius);
        x = Math.min(width - 1, Math.max(0, x + Math.cos(angle)));
        y = Math.min(height - 1, Math.max(0, y + Math.sin(angle)));
      }
    }
  }
  return mask(width, height, data);
}

/** The holes above in turn, for a square picture: centre, strokes, a half, 80 % at random. The same for a name and `i`. */
export function holeInTurn(size: number, i: number, name: string): Mask {
  if (i % 4 === 0) return centreHole(size, size);
  if (i % 4 === 1) return strokeHole(size, size, random(name, 'strokes', i));
  if (i % 4 === 2) return halfHole(size, size, i % 8 < 4 ? 'left' : 'bottom');
  return randomHole(size, size, 0.8, random(name, 'random', i));
}

function inMiddle(at: number, size: number): boolean {
  return at >= Math.floor(size / 4) && at < size - Math.floor(size / 4);
}

function where(width: number, height: number, inside: (x: number, y: number) => boolean): Mask {
  checkSides(width, height, 'the mask');
  return mask(
    width,
    height,
    Float32Array.from({ length: width * height }, (_, i) => (inside(i % width, Math.floor(i / width)) ? 1 : 0)),
  );
}

/** Sets the pixels of a disc; returns how many are new. */
function disc(data: Float32Array, width: number, height: number, cx: number, cy: number, radius: number): number {
  let added = 0;
  for (let y = Math.max(0, Math.ceil(cy - radius)); y <= Math.min(height - 1, cy + radius); y++) {
    for (let x = Math.max(0, Math.ceil(cx - radius)); x <= Math.min(width - 1, cx + radius); x++) {
      if (data[y * width + x] === 1 || (x - cx) ** 2 + (y - cy) ** 2 > radius ** 2) continue;
      data[y * width + x] = 1;
      added++;
    }
  }
  return added;
}
