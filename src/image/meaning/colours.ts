/** @file The colours of a mask file: groups of near colours, how common each is, and how common along the border. */

/** The pixels of a mask file: red, green, blue and alpha, 8 bits each. */
export interface MaskPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A group of near colours. */
export interface Colour {
  /** Red, green and blue of a pixel in the middle of the group, 0 to 255. */
  readonly rgb: readonly [number, number, number];
  /** Its share of the pixels that were counted, and of those on the border. */
  readonly share: number;
  readonly border: number;
}

/** Colours are counted in cells of 8 values a channel; a group reaches two cells from its commonest. */
const CELLS = 32 ** 3;
const REACH = 2;

/** Neighbours that differ by less are one surface: what lies between two colours at an edge is no colour of its own. */
const FLAT = 3;

/** How far apart the channels of a pixel are that is no longer grey. */
const CHROMA = 48;

/** What was counted of the pixels whose alpha is above a threshold. */
interface Counted {
  /** Commonest first. */
  readonly colours: readonly Colour[];
  /** Whether these are of surfaces alone: pixels like those beside and above them. */
  readonly areSurfaces: boolean;
  /** How many pixels each cell has, by its red, green and blue: 5 bits each. */
  readonly cells: Uint32Array;
  readonly isGrey: boolean;
  /** The share of pixels between black and white: 32 to 223. */
  readonly midGrey: number;
}

/** The colours of the pixels whose alpha is above `threshold`. */
export function coloursOf(pixels: MaskPixels, threshold: number): Counted {
  const { width, height, data } = pixels;
  const [flat, every, border, example] = Array.from({ length: 4 }, () => new Uint32Array(CELLS));
  let [counted, flats, coloured, middle] = [0, 0, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      if (data[i + 3]! <= threshold) continue;
      const r = data[i]!;
      const g = data[i + 1]!;
      const b = data[i + 2]!;
      const cell = ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);
      const most = Math.max(r, g, b);
      counted++;
      every![cell]!++;
      if (most - Math.min(r, g, b) > CHROMA) coloured++;
      if (most >= 32 && most < 224) middle++;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) border![cell]!++;
      if (x > 0 && y > 0 && isNear(data, i, i - 4) && isNear(data, i, i - 4 * width)) {
        flats++;
        flat![cell]!++;
        example![cell] = (r << 16) | (g << 8) | b;
      } else if (every![cell] === 1) example![cell] = (r << 16) | (g << 8) | b;
    }
  }
  // A few odd pixels do not make a picture coloured, but a small hole may have few pixels.
  const isGrey = coloured <= Math.max(2, counted * 1e-6);
  // Noise has hardly any flat parts, and thin lines have none: then all pixels count.
  const surfaces = flats * 10 >= counted ? grouped(flat!, border!, example!) : [];
  const areSurfaces = surfaces.length > 1;
  const colours = areSurfaces ? surfaces : grouped(every!, border!, example!);
  return { colours, areSurfaces, cells: every!, isGrey, midGrey: middle / Math.max(1, counted) };
}

function isNear(data: MaskPixels['data'], i: number, j: number): boolean {
  return (
    Math.abs(data[i]! - data[j]!) < FLAT &&
    Math.abs(data[i + 1]! - data[j + 1]!) < FLAT &&
    Math.abs(data[i + 2]! - data[j + 2]!) < FLAT
  );
}

/** Groups, each around the commonest cell that is in no other. */
function grouped(counts: Uint32Array, border: Uint32Array, example: Uint32Array): Colour[] {
  const cells: number[] = [];
  for (let cell = 0; cell < CELLS; cell++) if (counts[cell]! > 0) cells.push(cell);
  cells.sort((a, b) => counts[b]! - counts[a]!);
  const taken = new Uint8Array(CELLS);
  const [all, outer] = [total(counts), total(border)];
  const groups: Colour[] = [];
  for (const cell of cells) {
    if (taken[cell]) continue;
    let [sum, edge] = [0, 0];
    forEachNear(cell, (near) => {
      if (taken[near]) return;
      taken[near] = 1;
      sum += counts[near]!;
      edge += border[near]!;
    });
    const c = example[cell]!;
    groups.push({ rgb: [c >> 16, (c >> 8) & 255, c & 255], share: sum / all, border: outer > 0 ? edge / outer : 0 });
  }
  return groups.sort((a, b) => b.share - a.share);
}

function forEachNear(cell: number, visit: (near: number) => void): void {
  const [r, g, b] = [cell >> 10, (cell >> 5) & 31, cell & 31];
  const span = (at: number) => [Math.max(0, at - REACH), Math.min(31, at + REACH)] as const;
  const [[r0, r1], [g0, g1], [b0, b1]] = [span(r), span(g), span(b)];
  for (let i = r0; i <= r1; i++)
    for (let j = g0; j <= g1; j++) for (let k = b0; k <= b1; k++) visit((i << 10) | (j << 5) | k);
}

function total(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * The share of pixels, of those that are not the ground's colour, that lie between it and one of the paints, to within
 * 12 levels: what is painted, and its soft edges. In a picture many do not.
 */
export function explainedBy(cells: Uint32Array, ground: Colour, paints: readonly Colour[]): number {
  let [all, explained] = [0, 0];
  for (let cell = 0; cell < CELLS; cell++) {
    if (cells[cell] === 0) continue;
    const offset = [cell >> 10, (cell >> 5) & 31, cell & 31].map((v, c) => 8 * v + 4 - ground.rgb[c]!);
    if (Math.max(...offset.map(Math.abs)) < 32) continue;
    all += cells[cell]!;
    if (
      paints.some(
        ({ rgb }) =>
          fromLine(
            offset,
            rgb.map((v, c) => v - ground.rgb[c]!),
          ) < 12,
      )
    )
      explained += cells[cell]!;
  }
  return all > 0 ? explained / all : 1;
}

/**
 * Colours without those between the ground and one that is farther from it, to within 24 levels: these are soft edges.
 */
export function paintsOf(colours: readonly Colour[], ground: Colour): Colour[] {
  const paints: Colour[] = [];
  const far = (colour: Colour) => Math.max(...difference(colour, ground).map(Math.abs));
  for (const colour of [...colours].sort((a, b) => far(b) - far(a))) {
    const offset = difference(colour, ground);
    if (!paints.some((paint) => fromLine(offset, difference(paint, ground)) < 24)) paints.push(colour);
  }
  return paints;
}

function difference({ rgb }: Colour, ground: Colour): number[] {
  return rgb.map((v, c) => v - ground.rgb[c]!);
}

/** How far `offset` is from the line to `paint`, in its worst channel. */
function fromLine(offset: readonly number[], paint: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, c) => sum + v * b[c]!, 0);
  const along = Math.min(1, Math.max(0, dot(offset, paint) / Math.max(1, dot(paint, paint))));
  return Math.max(...offset.map((v, c) => Math.abs(v - along * paint[c]!)));
}
