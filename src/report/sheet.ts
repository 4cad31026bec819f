/** @file Contact sheets: rows of pictures with headings. Node only. */

import { LatentfillError } from '../base/errors.ts';
import { checkImage, type Image } from '../image/image.ts';
import { encodePng } from '../image/image-file.ts';
import { renderSvg } from './svg.ts';

/** A row of a sheet. */
export interface SheetRow {
  readonly label?: string;
  readonly images: readonly Image[];
  /** A text under each picture, in as many lines as it needs. */
  readonly captions?: readonly string[];
}

/** Settings of {@link drawSheet}. */
export interface SheetOptions {
  readonly rows: readonly SheetRow[];
  /** A heading over each column. */
  readonly columns?: readonly string[];
  readonly title?: string;
  /** Whole screen pixels per picture pixel. @default 2 */
  readonly scale?: number;
}

/** Pictures in rows of `across`, by default as many as make the sheet about square. */
export function rowsOfSheet(images: readonly Image[], across = Math.ceil(Math.sqrt(images.length))): SheetRow[] {
  return Array.from({ length: Math.ceil(images.length / across) }, (_, r) => ({
    images: images.slice(r * across, (r + 1) * across),
  }));
}

/** The scale at which pictures of `size` pixels a side are about `wanted` pixels on the screen. */
export function sheetScale(size: number, wanted: number): number {
  return Math.max(1, Math.round(wanted / size));
}

const GAP = 6;
const MARGIN = 16;
const FONT = 13;
/** Room above the pictures for the title and for the headings. */
const TITLE_ROOM = 34;
const HEADING_ROOM = 24;
/** Captions are smaller, and end after so many lines. */
const CAPTION_FONT = 9;
const CAPTION_LINE = 11;
const CAPTION_LINES = 10;
/** The width of Inter's mean letter, in font sizes, rounded up. */
const LETTER = 0.58;

/**
 * Draws pictures in rows on white, each pixel sharp. Cells are as large as the largest picture; smaller ones stand in
 * the middle. @throws LatentfillError for pictures that are no images, and
 * when there is none at all.
 */
export async function drawSheet({ rows, columns = [], title, scale = 2 }: SheetOptions): Promise<Image> {
  const all = rows.flatMap(({ images }) => images);
  if (all.length === 0)
    throw new LatentfillError(
      'image',
      'Expected at least one picture to draw on a sheet, got none: give a row with images.',
    );
  for (const picture of all) checkImage(picture);
  const cellWidth = scale * Math.max(...all.map(({ width }) => width));
  const cellHeight = scale * Math.max(...all.map(({ height }) => height));
  const across = Math.max(columns.length, ...rows.map(({ images }) => images.length));
  const longestLabel = Math.max(0, ...rows.map(({ label = '' }) => label.length));
  const left = MARGIN + (longestLabel > 0 ? Math.ceil(longestLabel * FONT * LETTER) + 2 * GAP : 0);
  const top = MARGIN + (title ? TITLE_ROOM : 0) + (columns.length > 0 ? HEADING_ROOM : 0);
  const titleWidth = title ? 2 * MARGIN + Math.ceil(title.length * 17 * LETTER) : 0;
  const width = Math.max(titleWidth, left + across * (cellWidth + GAP) - GAP + MARGIN);
  const captions = rows.map(({ captions = [] }) => captions.map((caption) => wrap(caption, cellWidth)));
  const below = captions.map((lines) => CAPTION_LINE * Math.max(0, ...lines.map(({ length }) => length)));
  const x = (column: number) => left + column * (cellWidth + GAP);
  const y = (row: number) => below.slice(0, row).reduce((sum, room) => sum + cellHeight + room + GAP, top);
  const height = y(rows.length) - GAP + MARGIN;

  const parts = columns.map((heading, c) =>
    text(x(c) + cellWidth / 2, top - 10, heading, 'text-anchor="middle" fill="#555"'),
  );
  if (title) parts.push(text(MARGIN, MARGIN + 15, title, 'font-weight="600" fill="#111"', 17));
  for (const [r, { label, images }] of rows.entries()) {
    if (label) parts.push(text(left - 2 * GAP, y(r) + cellHeight / 2 + 5, label, 'text-anchor="end" fill="#555"'));
    for (const [c, picture] of images.entries()) {
      const [w, h] = [scale * picture.width, scale * picture.height];
      const [dx, dy] = [Math.floor((cellWidth - w) / 2), Math.floor((cellHeight - h) / 2)];
      parts.push(await embedded(picture, x(c) + dx, y(r) + dy, w, h));
    }
    for (const [c, lines] of captions[r]!.entries()) {
      for (const [i, line] of lines.entries()) {
        parts.push(text(x(c), y(r) + cellHeight + (i + 1) * CAPTION_LINE, line, 'fill="#333"', CAPTION_FONT));
      }
    }
  }
  const size = `width="${width}" height="${height}"`;
  return renderSvg(`<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="Inter">${parts.join('')}</svg>`);
}

async function embedded(picture: Image, x: number, y: number, width: number, height: number): Promise<string> {
  const png = Buffer.from(await encodePng(picture)).toString('base64');
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" image-rendering="optimizeSpeed" href="data:image/png;base64,${png}"/>`;
}

/** A text in lines of at most `width` pixels, at spaces; a word that is longer is cut, and so is a text of many lines. */
function wrap(caption: string, width: number): string[] {
  const letters = Math.max(4, Math.floor(width / (CAPTION_FONT * LETTER)));
  const lines: string[] = [];
  for (const word of caption.slice(0, letters * CAPTION_LINES).split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.length > letters ? `${word.slice(0, letters - 1)}…` : word);
  }
  if (lines.length <= CAPTION_LINES) return lines;
  return [...lines.slice(0, CAPTION_LINES - 1), `${lines[CAPTION_LINES - 1]!.slice(0, letters - 1)}…`];
}

function text(x: number, y: number, content: string, style: string, size = FONT): string {
  return `<text x="${x}" y="${y}" font-size="${size}" ${style}>${escapeXml(content)}</text>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
