/**
 * @file Composites the fill into the image: x = M ⊙ y + (1 − M) ⊙ G(ẑ), then blending (Yeh et al. 2017, section 3.4).
 */

import { type Image, image, type Mask } from '../image/image.ts';
import type { Box } from '../image/mask.ts';
import { poissonBlendInTurns } from '../image/poisson.ts';
import { cropImage, cropMask, paste, resizeImage } from '../image/resize.ts';
import type { Stop } from './results.ts';
import type { SearchOptions } from './search-options.ts';

/**
 * `target` with its hole filled by `generated`, an image of the region `box`. Pixels where the mask is 0 keep their
 * values exactly; at a soft edge the two are mixed by the mask. The event loop runs in between.
 */
export async function composite(
  target: Image,
  hole: Mask,
  generated: Image,
  box: Box,
  { blend, signal }: Pick<SearchOptions, 'blend'> & Stop,
): Promise<Image> {
  signal?.throwIfAborted();
  const seen = cropImage(target, box);
  const missing = cropMask(hole, box);
  const source = resizeImage(generated, box.width, box.height);
  const filled = blend === 'poisson' ? await poissonBlendInTurns(seen, source, missing, { signal }) : source;
  const area = box.width * box.height;
  const mixed = seen.data.map((known, i) => {
    const m = missing.data[i % area]!;
    return m === 0 ? known : known + m * (filled.data[i]! - known);
  });
  return paste(target, image(box.width, box.height, target.channels, mixed), box);
}
