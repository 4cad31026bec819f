/** @file Chooses the held-out pictures of a source that has no split of its own. */

import { createHash } from 'node:crypto';
import type { Split } from './dataset.ts';

/** One in so many is held out. */
const SHARE = 10;
/** So many are always enough: a distance to held-out pictures needs at least sixteen. */
const ENOUGH = 16;

/**
 * Chooses the names to hold out among all names of a source: about a tenth, by a hash of the name alone, so that adding
 * pictures moves none between splits. In a small source the hash may choose too few. Then names with the smallest
 * hashes are added, up to a tenth or to sixteen, whichever is less; a new picture can only displace one of these. With
 * fewer than ten names there may be none held out, and at least one name is always left for training.
 */
export function heldOutAmong(names: Iterable<string>): (name: string) => boolean {
  const others: string[] = [];
  let chosen = 0;
  for (const name of names) {
    if (!byHash(name)) others.push(name);
    else if (++chosen === ENOUGH) return byHash; // later names cannot change the choice
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
