/** @file A sheet of pictures in rows, each with words: what is written under a picture, and beside its row. Node only. */

import type { Image } from '../../src/image/image.ts';
import { encodePng } from '../../src/image/image-file.ts';
import { renderSvg } from '../../src/report/svg.ts';

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
/** Letters in a line beside a row, the room they need, and the height of a line. */
const LINE = 62;
const BESIDE = 400;
const LEADING = 15;

/** Draws rows under column headings, pictures at 128×128; a row is as high as its words need. */
export async function drawWorded(columns: readonly string[], rows: readonly Row[]): Promise<Image> {
  const width = 2 * MARGIN + columns.length * (SIDE + GAP) + BESIDE;
  const lines = rows.map(({ beside }) => beside.flatMap((paragraph) => [...wrapped(paragraph), '']));
  const heights = lines.map(({ length }) => Math.max(SIDE + UNDER, length * LEADING) + GAP);
  const height = 2 * MARGIN + HEADING + heights.reduce((sum, h) => sum + h, 0);
  const parts = columns.map((name, c) => text(centre(c), MARGIN + 14, name, 'text-anchor="middle" font-weight="600"'));
  let top = MARGIN + HEADING;
  for (const [r, { cells }] of rows.entries()) {
    for (const [c, { image, words, right }] of cells.entries()) {
      const png = Buffer.from(await encodePng(image)).toString('base64');
      const at = `x="${centre(c) - SIDE / 2}" y="${top}" width="${SIDE}" height="${SIDE}"`;
      parts.push(`<image ${at} image-rendering="optimizeSpeed" href="data:image/png;base64,${png}"/>`);
      const colour = right === undefined ? '#555' : right ? '#15803d' : '#b91c1c';
      if (words) parts.push(text(centre(c), top + SIDE + 15, words, `text-anchor="middle" fill="${colour}"`));
    }
    const left = MARGIN + columns.length * (SIDE + GAP) + GAP;
    for (const [l, line] of lines[r]!.entries()) parts.push(text(left, top + 14 + l * LEADING, line, 'fill="#333"'));
    top += heights[r]!;
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
