/** @file What a mistyped word was meant to be. */

/** The word that is least edits away from `typed`: at most two, and fewer than half of its letters; undefined if none. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const most = Math.min(2, Math.ceil(typed.length / 2) - 1);
  const near = words.map((word) => ({ word, edits: distance(typed, word) })).filter(({ edits }) => edits <= most);
  return near.sort((a, b) => a.edits - b.edits)[0]?.word;
}

/** Letters to insert, delete, replace or swap with the next one (optimal string alignment). */
function distance(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      d[i]![j] = Math.min(d[i - 1]![j]! + 1, d[i]![j - 1]! + 1, d[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        d[i]![j] = Math.min(d[i]![j]!, d[i - 2]![j - 2]! + 1);
    }
  }
  return d[a.length]![b.length]!;
}
