/** @file The frame of a chart: axes with round values, and places of data between them. */

import { escapeHtml, short } from './html.ts';

/** What the upright axis is like. */
export interface ChartOptions {
  /** A right axis with exp(−value): for a logistic loss, the probability that a network gives to being right. */
  readonly score?: boolean;
  /** Whether the axis becomes logarithmic where values are positive and span more than two decades. */
  readonly decades?: boolean;
}

const WIDTH = 480;
const HEIGHT = 240;
const LEFT = 52;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 34;

/** Maps data to positions, with grid lines at round values. */
export interface Frame {
  x(value: number): string;
  y(value: number): string;
  /** Ticks and labels of both axes. */
  readonly grid: string;
}

/** A chart's drawing, with what it shows in words. */
export function svg(content: string, label: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">${content}</svg>`;
}

/** Points as the data of a path. */
export function path(frame: Frame, xs: readonly number[], values: readonly number[]): string {
  return xs.map((x, i) => `${frame.x(x)},${frame.y(values[i]!)}`).join('L');
}

/** What the axes of a chart hold. */
export interface Axes {
  /** Values of the upright axis; rare outliers are cut off. */
  readonly values: readonly number[];
  /** The ends of the other axis; from 0 where the first is left out. */
  readonly first?: number;
  readonly last: number;
  /** Whether the other axis goes by ratios; then its first end must be above 0. */
  readonly byRatio?: boolean;
}

/** Axes with round values at their lines. */
export function frameOf(
  { values, first = 0, last, byRatio = false }: Axes,
  { score = false, decades = false }: ChartOptions = {},
): Frame {
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
  const along = byRatio ? Math.log10 : (v: number) => v;
  const [begin, end] = [along(first), along(last)];
  const x = (v: number) => (LEFT + ((along(v) - begin) / (end - begin || 1)) * (right - LEFT)).toFixed(1);
  const y = (v: number) => place(v).toFixed(1);
  const every = Math.ceil(ticks.length / 7);
  const rows = ticks.map((tick, i) => {
    const line = `<path class="grid" d="M${LEFT},${y(tick)}H${right}"/>`;
    if (i % every !== 0) return line;
    const label = text(LEFT - 8, place(tick) + 4, short(tick), 'end');
    return line + label + (score ? text(right + 6, place(tick) + 4, short(Math.exp(-tick)), 'start') : '');
  });
  const columns = (byRatio ? roundRatios(first, last) : roundTicks(first, last, 6))
    .filter((tick) => tick >= first && tick <= last)
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

/** 1, 2 and 5 times powers of ten between two numbers; of many decades the powers alone. */
function roundRatios(low: number, high: number): number[] {
  const powers = powersOfTen(low, high);
  if (powers.length > 4) return powers;
  return powers.flatMap((power) => [1, 2, 5].map((factor) => Number((factor * power).toPrecision(12))));
}
