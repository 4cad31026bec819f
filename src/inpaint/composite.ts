/**
 * @file Composites the fill into the image: x = M ⊙ y + (1 − M) ⊙ G(ẑ), then blending (Yeh et al. 2017, section 3.4).
 */

import { cropImage } from '../image/crop.ts';
import { type Image, image, type Mask, mask } from '../image/image.ts';
import type { Box } from '../image/mask.ts';
import { poissonBlendInTurns } from '../image/poisson.ts';
import { layTurned, type TurnedBox } from '../image/turned.ts';
import type { Piece } from './far-pieces.ts';
import type { Stop } from './results.ts';
import type { SearchOptions } from './search-options.ts';

/** A piece of the hole, and what fills it. */
export interface Filling {
  readonly piece: Piece;
  /** G(ẑ), the model's picture of the view. */
  readonly generated: Image;
  /** The view's square in the image; it may lie beyond it, and be turned. */
  readonly view: TurnedBox;
}

/**
 * `target` with each piece of its hole filled. Pixels where the mask is 0 keep their values exactly; at a soft edge the two
 * are mixed by the mask. The event loop runs in between.
 */
export async function composite(
  target: Image,
  fillings: readonly Filling[],
  { blend, signal }: Pick<SearchOptions, 'blend'> & Stop,
): Promise<Image> {
  signal?.throwIfAborted();
  const data = target.data.slice();
  for (const { piece, generated, view } of fillings) {
    const box = withRim(piece.box, target);
    const seen = cropImage(target, box);
    const source = layTurned(generated, view, box);
    const missing = placedIn(box, piece);
    const filled = blend === 'poisson' ? await poissonBlendInTurns(seen, source, missing, { signal }) : source;
    mixInto(data, target, { box, missing, filled });
  }
  return image(target.width, target.height, target.channels, data);
}

/** A box with the pixels around it, by which a fill meets the image. */
function withRim({ x, y, width, height }: Box, whole: Image): Box {
  const [left, top] = [Math.max(0, x - 1), Math.max(0, y - 1)];
  const right = Math.min(whole.width, x + width + 1);
  const bottom = Math.min(whole.height, y + height + 1);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** A piece's mask within a larger box. */
function placedIn(box: Box, piece: Piece): Mask {
  const placed = mask(box.width, box.height);
  const [dx, dy] = [piece.box.x - box.x, piece.box.y - box.y];
  for (let y = 0; y < piece.box.height; y++) {
    const row = piece.mask.data.subarray(y * piece.box.width, (y + 1) * piece.box.width);
    placed.data.set(row, (y + dy) * box.width + dx);
  }
  return placed;
}

/** Mixes a filled box into an image's data by its mask. */
function mixInto(
  data: Float32Array,
  { width, height, channels }: Image,
  { box, missing, filled }: { readonly box: Box; readonly missing: Mask; readonly filled: Image },
): void {
  const area = box.width * box.height;
  for (let i = 0; i < area; i++) {
    const m = missing.data[i]!;
    if (m === 0) continue;
    const pixel = (box.y + Math.floor(i / box.width)) * width + box.x + (i % box.width);
    for (let c = 0; c < channels; c++) {
      const known = data[c * width * height + pixel]!;
      data[c * width * height + pixel] = known + m * (filled.data[c * area + i]! - known);
    }
  }
}
