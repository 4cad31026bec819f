/** @file Evenly spaced indices. */

/** At most `count` indices below `length`, evenly spaced, from index 0 on. */
export function evenIndices(length: number, count: number): number[] {
  const chosen = Math.min(length, count);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * length) / chosen));
}

/** At most `count` indices below `length`, evenly spaced, from index 0 to `length` − 1. */
export function evenIndicesToLast(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / (count - 1)));
}
