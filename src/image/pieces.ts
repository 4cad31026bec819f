/** @file The pieces of a mask: groups of pixels that touch, also at their corners. */

/** The pieces of a set of pixels. */
export interface Pieces {
  /** The pixels of each piece. */
  readonly areas: readonly number[];
  /** Whether a piece reaches the border of the picture. */
  readonly atBorder: readonly boolean[];
  /** Calls back with each row's runs of pixels, `from` to before `to` as indices of pixels, and their piece. */
  forEachRun(visit: (from: number, to: number, piece: number) => void): void;
}

/**
 * The pieces of the pixels for which `isIn` holds. Runs of a row are joined with those that they touch in the row
 * above, by union-find: one pass, and memory by runs, not by pixels.
 */
export function piecesOf(width: number, height: number, isIn: (pixel: number) => boolean): Pieces {
  const from: number[] = [];
  const to: number[] = [];
  const parent: number[] = [];
  const rootOf = (run: number): number => {
    let root = run;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!; // halves the path for the next search
      root = parent[root]!;
    }
    return root;
  };
  let above = 0;
  let aboveEnd = 0;
  for (let row = 0; row < height; row++) {
    const first = from.length;
    const end = (row + 1) * width;
    for (let i = row * width; i < end; i++) {
      if (!isIn(i)) continue;
      const start = i;
      while (i < end && isIn(i)) i++;
      const run = from.push(start) - 1;
      to.push(i);
      parent.push(run);
      while (above < aboveEnd && to[above]! + width < start) above++;
      for (let a = above; a < aboveEnd && from[a]! + width <= i; a++) parent[rootOf(a)] = rootOf(run);
    }
    above = first;
    aboveEnd = from.length;
  }
  return collected(width, height, { from, to, root: from.map((_, run) => rootOf(run)) });
}

function collected(
  width: number,
  height: number,
  { from, to, root }: Readonly<Record<'from' | 'to' | 'root', readonly number[]>>,
): Pieces {
  const numberOf = new Int32Array(root.length).fill(-1);
  const areas: number[] = [];
  const atBorder: boolean[] = [];
  for (const [run, r] of root.entries()) {
    if (numberOf[r] === -1) {
      numberOf[r] = areas.push(0) - 1;
      atBorder.push(false);
    }
    const piece = numberOf[r]!;
    const [start, end] = [from[run]!, to[run]!];
    areas[piece]! += end - start;
    const isOuter = start < width || start >= (height - 1) * width || start % width === 0 || end % width === 0;
    if (isOuter) atBorder[piece] = true;
  }
  return {
    areas,
    atBorder,
    forEachRun: (visit) => {
      for (const [run, r] of root.entries()) visit(from[run]!, to[run]!, numberOf[r]!);
    },
  };
}
