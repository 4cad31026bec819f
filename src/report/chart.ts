/** @file Curves as SVG that a page styles: colours and light or dark come from it. */

import { escapeHtml, short } from './html.ts';

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

/** Settings of {@link drawCurves}. */
export interface ChartOptions {
  /** A right axis with exp(−value): for a logistic loss, the probability that a network gives to being right. */
  readonly score?: boolean;
  /** Whether the axis becomes logarithmic where values are positive and span more than two decades. */
  readonly decades?: boolean;
}

/** A value with its error, at an epoch. */
export interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly error: number;
}

const WIDTH = 480;
const HEIGHT = 240;
const LEFT = 52;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 34;

/** Maps data to positions, with grid lines at round values. */
interface Frame {
  x(epoch: number): string;
  y(value: number): string;
  /** Ticks and labels of both axes. */
  readonly grid: string;
}

/**
 * Curves over epochs: their means (thin, as a band from the lowest to the highest cycle) and moving averages (bold). Rare
 * outliers are cut off at the edge.
 */
export function drawCurves(curves: readonly Curve[], { score = false, decades = false }: ChartOptions = {}): string {
  const all = curves.flatMap(({ series }) => series.means).filter(Number.isFinite);
  const last = Math.max(...curves.map(({ series }) => series.epochs.at(-1) ?? 0));
  const frame = frameOf(all, last, { score, decades });
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
  const frame = frameOf([0, ...all.map(({ value }) => value)], Math.max(...all.map(({ epoch }) => epoch)), {});
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

function svg(content: string, label: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">${content}</svg>`;
}

function path(frame: Frame, epochs: readonly number[], values: readonly number[]): string {
  return epochs.map((epoch, i) => `${frame.x(epoch)},${frame.y(values[i]!)}`).join('L');
}

function frameOf(values: readonly number[], last: number, { score = false, decades = false }: ChartOptions): Frame {
  const right = WIDTH - RIGHT - (score ? 34 : 0);
  const sorted = Float64Array.from(values).sort();
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.005), at(0.995)];
  const logarithmic = decades && low > 0 && high / low > 100;
  const scale = logarithmic ? Math.log10 : (v: number) => v;
  const ticks = logarithmic
    ? powersOfTen(low, high)
    : roundTicks(Math.min(low, low > 0 && low < high / 2 ? 0 : low), high, 5);
  const [from, to] = [scale(ticks[0]!), scale(ticks.at(-1)!)];
  const place = (v: number) => {
    const t = (scale(v) - from) / (to - from || 1);
    return TOP + (1 - Math.min(1, Math.max(0, Number.isFinite(t) ? t : 0))) * (HEIGHT - TOP - BOTTOM);
  };
  const x = (epoch: number) => (LEFT + (epoch / (last || 1)) * (right - LEFT)).toFixed(1);
  const y = (v: number) => place(v).toFixed(1);
  const every = Math.ceil(ticks.length / 7);
  const rows = ticks.map((tick, i) => {
    const line = `<path class="grid" d="M${LEFT},${y(tick)}H${right}"/>`;
    if (i % every !== 0) return line;
    const label = text(LEFT - 8, place(tick) + 4, short(tick), 'end');
    return line + label + (score ? text(right + 6, place(tick) + 4, short(Math.exp(-tick)), 'start') : '');
  });
  const columns = roundTicks(0, last, 6)
    .filter((tick) => tick <= last)
    .map((tick) => text(Number(x(tick)), HEIGHT - BOTTOM + 20, short(tick), 'middle'));
  return { x, y, grid: rows.join('') + columns.join('') };
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
}

/** Round values from at or below `low` to at or above `high`, about `count` of them. */
function roundTicks(low: number, high: number, count: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const tick = power * [1, 2, 5, 10].find((factor) => span / (factor * power) <= count)!;
  const [first, last] = [Math.floor(low / tick + 1e-9), Math.ceil(high / tick - 1e-9)];
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, i) => Number(((first + i) * tick).toPrecision(12)));
}

/** Powers of ten around what is between. */
function powersOfTen(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
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
