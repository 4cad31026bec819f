/** @file Lines with bands as SVG that a page styles. */

import { frameOf, path, svg } from './frame.ts';

/** A line, and the band around it where there is one; its colour is the page's by its place. */
export interface Line {
  readonly name: string;
  readonly xs: readonly number[];
  readonly values: readonly number[];
  readonly lows?: readonly number[];
  readonly highs?: readonly number[];
}

/** Settings of {@link drawLines}. */
export interface LineOptions {
  /** Whether the lower axis goes by ratios: then each x must be above 0. */
  readonly byRatio?: boolean;
  /** Whether the upright axis does where its values span more than two decades. */
  readonly decades?: boolean;
}

/** Lines over a common axis, each with its points. */
export function drawLines(lines: readonly Line[], { byRatio = false, decades = false }: LineOptions = {}): string {
  const xs = lines.flatMap((line) => line.xs);
  const values = lines.flatMap(({ values, lows = [], highs = [] }) => [...values, ...lows, ...highs]);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const axes = { values: values.filter(Number.isFinite), first: byRatio ? first : 0, last, byRatio };
  const frame = frameOf(axes, { decades });
  const drawn = lines.map(({ xs, values, lows, highs }, i) => {
    const band =
      lows && highs && xs.length > 1
        ? `<path class="band" d="M${path(frame, xs, highs)}L${path(frame, [...xs].reverse(), [...lows].reverse())}Z"/>`
        : '';
    const marks = xs.map((x, j) => `<circle class="point" cx="${frame.x(x)}" cy="${frame.y(values[j]!)}" r="2.5"/>`);
    return `<g class="curve-${i + 1}">${band}<path class="bold" d="M${path(frame, xs, values)}"/>${marks.join('')}</g>`;
  });
  return svg(frame.grid + drawn.join(''), lines.map(({ name }) => name).join(', '));
}
