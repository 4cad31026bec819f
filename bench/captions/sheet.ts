/** @file A sheet of pictures in rows, each with words: what is written under a picture, and beside its row. Node only. */

import { encodePng } from '../../src/image/codec.ts';
import type { Image } from '../../src/image/image.ts';
import { renderSvg } from '../../src/image/svg.ts';

/** A picture and what is said of it, #rrggbb as a spot; `right` colours the words: green, red, or grey where left out. */
export interface Cell {
  readonly image: Image;
  readonly words?: string;
  readonly right?: boolean;
}

/** Pictures and the paragraphs beside them. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly beside: readonly string[];
}

const SIDE = 128;
const GAP = 8;
const MARGIN = 16;
/** Room under a picture for its words, and above the first row for the headings. */
const UNDER = 22;
const HEADING = 26;
const FONT = 12;
/** Letters in a line beside a row, and the room they need. */
const LINE = 62;
const BESIDE = 400;

/** Draws rows under column headings, pictures at 128×128. */
export async function drawWorded(columns: readonly string[], rows: readonly Row[]): Promise<Image> {
  const width = 2 * MARGIN + columns.length * (SIDE + GAP) + BESIDE;
  const height = 2 * MARGIN + HEADING + rows.length * (SIDE + UNDER + GAP);
  const parts = columns.map((name, c) => text(centre(c), MARGIN + 14, name, 'text-anchor="middle" font-weight="600"'));
  for (const [r, { cells, beside }] of rows.entries()) {
    const top = MARGIN + HEADING + r * (SIDE + UNDER + GAP);
    for (const [c, { image, words, right }] of cells.entries()) {
      const png = Buffer.from(await encodePng(image)).toString('base64');
      const at = `x="${centre(c) - SIDE / 2}" y="${top}" width="${SIDE}" height="${SIDE}"`;
      parts.push(`<image ${at} image-rendering="optimizeSpeed" href="data:image/png;base64,${png}"/>`);
      const colour = right === undefined ? '#555' : right ? '#15803d' : '#b91c1c';
      if (words) parts.push(text(centre(c), top + SIDE + 15, words, `text-anchor="middle" fill="${colour}"`));
    }
    const lines = beside.flatMap((paragraph) => [...wrapped(paragraph), '']);
    const left = MARGIN + columns.length * (SIDE + GAP) + GAP;
    parts.push(...lines.map((line, l) => text(left, top + 14 + l * 15, line, 'fill="#333"')));
  }
  const size = `width="${width}" height="${height}"`;
  return renderSvg(`<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="Inter">${parts.join('')}</svg>`);
}

function centre(column: number): number {
  return MARGIN + column * (SIDE + GAP) + SIDE / 2;
}

function text(x: number, y: number, content: string, style: string): string {
  const escaped = content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/#[0-9a-f]{6}/g, (colour) => `<tspan fill="${colour}">■</tspan>`);
  return `<text x="${x}" y="${y}" font-size="${FONT}" ${style}>${escaped}</text>`;
}

function wrapped(paragraph: string): string[] {
  const lines = [''];
  for (const word of paragraph.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > LINE) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}
