/** @file Curves as SVG that a page styles: colours and light or dark come from it. */

import { type ChartOptions, frameOf, path, svg } from './frame.ts';

/** One number over training, downsampled: each entry summarises consecutive cycles. */
export interface Series {
  /** Where the entry's cycles end. */
  readonly epochs: readonly number[];
  readonly means: readonly number[];
  readonly lows: readonly number[];
  readonly highs: readonly number[];
  /** The number of cycles of an entry. */
  readonly cycles: number;
}

/** One curve; its colour is the page's `--curve-1`, `--curve-2`, … by its place. */
export interface Curve {
  readonly name: string;
  readonly series: Series;
}

/** A value with its error, at an epoch. */
export interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly error: number;
}

/**
 * Curves over epochs: their means (thin, as a band from the lowest to the highest cycle) and moving averages (bold). Rare
 * outliers are cut off at the edge.
 */
export function drawCurves(curves: readonly Curve[], { score = false, decades = false }: ChartOptions = {}): string {
  const all = curves.flatMap(({ series }) => series.means).filter(Number.isFinite);
  const last = Math.max(...curves.map(({ series }) => series.epochs.at(-1) ?? 0));
  const frame = frameOf({ values: all, last }, { score, decades });
  const drawn = curves.map(({ series }, i) => {
    const { epochs, means, lows, highs } = series;
    const average = movingAverage(means);
    const band =
      series.cycles > 1
        ? `<path class="band" d="M${path(frame, epochs, highs)}L${path(frame, [...epochs].reverse(), [...lows].reverse())}Z"/>`
        : '';
    const thin = `<path class="thin" d="M${path(frame, epochs, means)}"/>`;
    return `<g class="curve-${i + 1}">${band}${thin}<path class="bold" d="M${path(frame, epochs, average)}"/></g>`;
  });
  return svg(frame.grid + drawn.join(''), curves.map(({ name }) => name).join(', '));
}

/** Values at checkpoints with bars of twice their error to both sides; the lowest is highlighted. */
export function drawPoints(rows: readonly (readonly Point[])[], name: string): string {
  const all = rows.flat();
  const frame = frameOf({
    values: [0, ...all.map(({ value }) => value)],
    last: Math.max(...all.map(({ epoch }) => epoch)),
  });
  const drawn = rows.map((points, i) => {
    const least = Math.min(...points.map(({ value }) => value));
    const line = path(
      frame,
      points.map(({ epoch }) => epoch),
      points.map(({ value }) => value),
    );
    const marks = points.map(({ epoch, value, error }) => {
      const [x, y] = [frame.x(epoch), frame.y(value)];
      const bar = `<path class="error" d="M${x},${frame.y(value - 2 * error)}V${frame.y(value + 2 * error)}"/>`;
      return `${bar}<circle class="${value === least ? 'least' : 'point'}" cx="${x}" cy="${y}" r="${value === least ? 5 : 3}"/>`;
    });
    return `<g class="curve-${i + 1}"><path class="bold" d="M${line}"/>${marks.join('')}</g>`;
  });
  return svg(frame.grid + drawn.join(''), name);
}

/** The mean of the entries up to a twentieth of all before. */
function movingAverage(values: readonly number[]): number[] {
  const window = Math.max(1, Math.round(values.length / 20));
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i >= window ? values[i - window]! : 0);
    return sum / Math.min(i + 1, window);
  });
}
