/** @file A heat map as SVG that a page styles: the more a cell is filled, the better it is. */

import { escapeHtml, short } from './html.ts';

/** A cell of a heat map. */
export interface Cell {
  /** NaN: nothing is known. */
  readonly value: number;
  /** The best cell has a thick frame, one that may be as good a thin one. */
  readonly mark?: 'best' | 'alike' | undefined;
}

/** A heat map. */
export interface HeatMap {
  /** What the rows and columns are. */
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Row by row. */
  readonly cells: readonly (readonly Cell[])[];
  /** Digits after the point. */
  readonly digits: number;
  /** Whether low values are the good ones. */
  readonly isLowGood: boolean;
}

const CELL = 64;
const TALL = 34;
const LEFT = 92;
const TOP = 40;

/** Draws a heat map. */
export function drawHeatMap({ rowTitle, columnTitle, rows, columns, cells, digits, isLowGood }: HeatMap): string {
  const known = cells.flat().flatMap(({ value }) => (Number.isFinite(value) ? [value] : []));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const share = (value: number) => {
    const t = high > low ? (value - low) / (high - low) : 1;
    return isLowGood ? 1 - t : t;
  };
  const [width, height] = [LEFT + columns.length * CELL + 8, TOP + rows.length * TALL + 8];
  const label = (x: number, y: number, words: string, anchor: string) =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(words)}</text>`;
  const parts = [
    label(LEFT + (columns.length * CELL) / 2, 14, columnTitle, 'middle'),
    label(LEFT - 10, 32, rowTitle, 'end'),
    ...columns.map((name, c) => label(LEFT + (c + 0.5) * CELL, 32, name, 'middle')),
    ...rows.map((name, r) => label(LEFT - 10, TOP + (r + 0.62) * TALL, name, 'end')),
    ...cells.flatMap((row, r) =>
      row.map((cell, c) => drawCell(cell, LEFT + c * CELL, TOP + r * TALL, share(cell.value), digits)),
    ),
  ];
  const words = `${rowTitle} against ${columnTitle}, from ${short(low)} to ${short(high)}`;
  return `<svg class="heat" style="max-width:${width}px" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(words)}">${parts.join('')}</svg>`;
}

function drawCell({ value, mark }: Cell, x: number, y: number, share: number, digits: number): string {
  if (!Number.isFinite(value)) return '';
  const frame = mark ? ` class="${mark}"` : '';
  const box = `<rect x="${x + 1.5}" y="${y + 1.5}" width="${CELL - 3}" height="${TALL - 3}" rx="4"${frame} fill-opacity="${(0.06 + 0.74 * share).toFixed(2)}"/>`;
  const shade = share > 0.6 ? ' class="on"' : '';
  return `${box}<text x="${x + CELL / 2}" y="${y + TALL * 0.62}" text-anchor="middle"${shade}>${value.toFixed(digits)}</text>`;
}
