/** @file Which pictures are held out, where a source does not say so itself. */

import { createHash } from 'node:crypto';
import type { Split } from './dataset.ts';

/** A tenth of all names, by a hash of the name alone: adding pictures moves none between splits. */
export function isHeldOut(name: string): boolean {
  return createHash('sha1').update(name).digest().readUInt32BE(0) % 10 === 0;
}

/** The names of one split, in the order given. */
export function ofSplit(names: readonly string[], split: Split): string[] {
  return names.filter((name) => isHeldOut(name) === (split === 'heldout'));
}
