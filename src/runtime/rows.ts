/** @file Runs any number of independent rows through a program of as many rows as fit in memory. */

import type { Feeds, Graph } from './compile.ts';
import type { Programs } from './programs.ts';

/** A graph that can be built for any number of rows. */
export interface RowGraph {
  /** Identifies the graph, whatever its number of rows, in the cache of programs. */
  readonly key: string;
  build(rows: number): Graph;
}

/** The outputs of some of the rows, without those of padding rows. */
export interface SomeRows {
  /** Index of the first row. */
  readonly start: number;
  readonly rows: number;
  /** By name, `rows` rows each. */
  readonly outputs: Readonly<Record<string, Float32Array>>;
}

/** Settings of {@link runRows}. */
export interface RowOptions {
  /** Rows of a run at most. @default 32 */
  readonly most?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The number of rows of a graph that fit in memory at once, from 1 to `most`. */
export function fittingRows(programs: Programs, { key, build }: RowGraph, most: number): number {
  const each = Math.max(
    1,
    programs.bytesOf(key, () => build(1)),
  );
  return Math.min(most, Math.max(1, Math.floor(programs.runBytes / each)));
}

/**
 * Divides `count` rows for repeated runs: into as few runs of at most `most` rows as fit in memory, all of one size,
 * the smallest that is enough.
 */
export function cutRows(
  programs: Programs,
  graph: RowGraph,
  count: number,
  most: number,
): { readonly rows: number; readonly runs: number } {
  const fit = fittingRows(programs, graph, Math.min(most, count));
  const runs = Math.ceil(count / fit);
  return { rows: Math.ceil(count / runs), runs };
}

/**
 * Runs a graph over `count` rows, some at a time. `feeds` gives `rows` rows of each input from row `start` on; rows
 * beyond `count` may hold anything.
 */
export async function* runRows(
  programs: Programs,
  graph: RowGraph,
  count: number,
  feeds: (start: number, rows: number) => Feeds,
  { most = 32, signal }: RowOptions = {},
): AsyncGenerator<SomeRows> {
  const rows = fittingRows(programs, graph, Math.min(most, count)); // the last run may have padding rows
  using lease = await programs.open(`${graph.key} ${rows}`, () => graph.build(rows), signal);
  for (let start = 0; start < count; start += rows) {
    const all = await lease.program.run(feeds(start, rows), { signal });
    const own = Math.min(rows, count - start);
    const outputs = Object.entries(all).map(([name, data]) => [name, data.subarray(0, (data.length / rows) * own)]);
    yield { start, rows: own, outputs: Object.fromEntries(outputs) };
  }
}

/** `rows` rows of `each` elements from row `start` on; zeros where there are no more. */
export function rowsOf<T extends Float32Array | BigInt64Array>(all: T, each: number, start: number, rows: number): T {
  const some = all.subarray(start * each, (start + rows) * each) as T;
  if (some.length === rows * each) return some;
  const full = new (all.constructor as new (length: number) => T)(rows * each);
  full.set(some as never);
  return full;
}
