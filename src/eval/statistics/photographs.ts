/** @file Which pictures are of one photograph: its crops and its holes depend on each other. */

/** Photographs as numbers. */
export interface Photographs {
  /** Of each picture, its photograph: 0, 1, … in the order in which they first come. */
  readonly of: Uint32Array;
  readonly count: number;
}

/** Numbers photographs, given by name for each picture. */
export function numbered(photographs: readonly string[]): Photographs {
  const numbers = new Map<string, number>();
  const of = Uint32Array.from(photographs, (name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
  return { of, count: numbers.size };
}
