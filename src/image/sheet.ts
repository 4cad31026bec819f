/** @file Contact sheets: rows of pictures with headings. Node only. */

import { encodePng } from './codec.ts';
import type { Image } from './image.ts';
import { renderSvg } from './svg.ts';

/** A row of a sheet. */
export interface SheetRow {
  readonly label?: string;
  readonly images: readonly Image[];
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

const GAP = 6;
const MARGIN = 16;
const FONT = 13;

/** Draws pictures of one size in rows, each pixel sharp. */
export async function drawSheet({ rows, columns = [], title, scale = 2 }: SheetOptions): Promise<Image> {
  const first = rows[0]!.images[0]!;
  const [cellWidth, cellHeight] = [first.width * scale, first.height * scale];
  const longest = Math.max(0, ...rows.map(({ label }) => label?.length ?? 0));
  const left = MARGIN + (longest > 0 ? longest * FONT * 0.56 + GAP * 2 : 0);
  const top = MARGIN + (title ? 28 : 0) + (columns.length > 0 ? 22 : 0);
  const across = Math.max(...rows.map(({ images }) => images.length));
  const width = Math.ceil(left + across * (cellWidth + GAP) - GAP + MARGIN);
  const height = Math.ceil(top + rows.length * (cellHeight + GAP) - GAP + MARGIN);

  const text = (x: number, y: number, content: string, more = '') =>
    `<text x="${x}" y="${y}" font-size="${FONT}" fill="#333" ${more}>${escapeXml(content)}</text>`;
  const parts = title ? [text(MARGIN, MARGIN + 14, title, 'font-size="16" font-weight="600"')] : [];
  columns.forEach((heading, c) => {
    parts.push(text(left + c * (cellWidth + GAP) + cellWidth / 2, top - 8, heading, 'text-anchor="middle"'));
  });
  for (const [r, { label, images }] of rows.entries()) {
    const y = top + r * (cellHeight + GAP);
    if (label) parts.push(text(left - GAP * 2, y + cellHeight / 2 + FONT / 3, label, 'text-anchor="end"'));
    for (const [c, picture] of images.entries()) {
      const png = Buffer.from(await encodePng(picture)).toString('base64');
      parts.push(
        `<image x="${left + c * (cellWidth + GAP)}" y="${y}" width="${cellWidth}" height="${cellHeight}" image-rendering="optimizeSpeed" href="data:image/png;base64,${png}"/>`,
      );
    }
  }
  return renderSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Inter">${parts.join('')}</svg>`,
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
