/** @file Image files. Node only. */

import type { Image } from './image.ts';

/** PNG bytes of an image. */
export async function encodePng({ width, height, channels, data }: Image): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const area = width * height;
  const bytes = new Uint8Array(area * channels);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < channels; c++) bytes[i * channels + c] = Math.round(data[c * area + i]! * 255);
  }
  return sharp(bytes, { raw: { width, height, channels: channels as 1 | 3 } })
    .png()
    .toBuffer();
}
