/** @file Which pictures are held out, where a source does not say so itself. */

import { createHash } from 'node:crypto';
import type { Split } from './dataset.ts';

/** One in so many is held out. */
const SHARE = 10;
/** As many are enough, however chance has it: a distance to held-out pictures is measured from sixteen on. */
const ENOUGH = 16;

/**
 * Tells the names that are held out among all those of a source: a tenth, by a hash of the name alone, so that adding
 * pictures moves none between splits. Chance gives small sources fewer, or none; they are filled up, by the smallest
 * hashes, to a whole tenth or to sixteen, whichever is less. Only among these last can a picture that is added change
 * places with another. Fewer than ten names may have none held out, and not all names are.
 */
export function heldOutAmong(names: Iterable<string>): (name: string) => boolean {
  const others: string[] = [];
  let chosen = 0;
  for (const name of names) {
    if (!byHash(name)) others.push(name);
    else if (++chosen === ENOUGH) return byHash; // what comes after decides nothing
  }
  if (others.length === 0) return () => false; // something must be left to train on
  const least = Math.min(ENOUGH, Math.floor((chosen + others.length) / SHARE));
  if (chosen >= least) return byHash;
  const first = others
    .map((name) => ({ name, at: hash(name) }))
    .sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
  const more = new Set(first.slice(0, least - chosen).map(({ name }) => name));
  return (name) => more.has(name) || byHash(name);
}

/** The names of one split, in the order given. */
export function ofSplit(names: readonly string[], split: Split): string[] {
  const isHeldOut = heldOutAmong(names);
  return names.filter((name) => isHeldOut(name) === (split === 'heldout'));
}

function byHash(name: string): boolean {
  return hash(name) % SHARE === 0;
}

function hash(name: string): number {
  return createHash('sha1').update(name).digest().readUInt32BE(0);
}
