/** @file SVG to pixels. Node only. */

import { createRequire } from 'node:module';
import { optional } from '../base/optional-package.ts';
import { type Image, image } from '../image/image.ts';

/** Settings of {@link renderSvg}. */
export interface SvgOptions {
  /** Pixels across; the drawing's own width when left out. */
  width?: number;
}

/** Renders a drawing on white. Text is set in Inter, so it looks the same everywhere. */
export async function renderSvg(svg: string, { width }: SvgOptions = {}): Promise<Image> {
  const { Resvg } = await optional(() => import('@resvg/resvg-js'), '@resvg/resvg-js', 'sheets of pictures');
  // Looking for system fonts takes longer than most drawings; fonts are loaded only where there is text.
  const font = svg.includes('<text')
    ? await optional(inter, '@expo-google-fonts/inter', 'text on sheets')
    : { loadSystemFonts: false };
  const fitTo = width === undefined ? ({ mode: 'original' } as const) : ({ mode: 'width', value: width } as const);
  const rendered = new Resvg(svg, { background: '#fff', font, fitTo }).render();
  return fromRgba(rendered.pixels, rendered.width, rendered.height);
}

function inter() {
  const resolve = createRequire(import.meta.url).resolve;
  const fontFiles = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'];
  return {
    loadSystemFonts: false,
    fontFiles: fontFiles.map((file) => resolve(`@expo-google-fonts/inter/${file}`)),
    defaultFontFamily: 'Inter',
  };
}

function fromRgba(pixels: Uint8Array, width: number, height: number): Image {
  const area = width * height;
  const data = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    data[i] = pixels[4 * i]! / 255;
    data[area + i] = pixels[4 * i + 1]! / 255;
    data[2 * area + i] = pixels[4 * i + 2]! / 255;
  }
  return image(width, height, 3, data);
}
