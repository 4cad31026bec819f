/** @file What became of the images of a folder: counted as they end, told at the end. */

import { LatentfillError } from '../base/errors.ts';
import { inFlags } from './flags.ts';
import { say } from './terminal.ts';

/** Images that have ended. */
export interface Tally {
  /** All images, those left out among them. */
  readonly all: number;
  /** Images left out because their results are there. */
  readonly skipped: number;
  /** Images filled by this command. */
  filled: number;
  /** Images that were not filled, and why. */
  readonly failed: { readonly image: string; readonly error: LatentfillError }[];
}

/** How many images have ended, of how many: `21 of 76`. */
export function ended({ all, skipped, filled, failed }: Tally): string {
  return `${skipped + filled + failed.length} of ${all}`;
}

/** What an interrupt says. */
export function interruption({ all, skipped, filled }: Tally): string {
  return `${skipped + filled} of ${all} are done; go on with --skip-existing`;
}

/** Prints what failed, each with its reason. */
export function tellFailures({ failed }: Tally): void {
  for (const { image, error } of failed) say(`'${image}' was not filled: ${inFlags(error.message)}`);
}

/** Tells what failed, once where each image failed for the same reason. @throws LatentfillError if any did. */
export function checkTally(tally: Tally): void {
  const { all, failed } = tally;
  const [first] = failed;
  if (!first) return;
  if (failedAlike(tally)) {
    throw new LatentfillError(
      first.error.code,
      `Expected to fill ${failed.length} images, got none filled, each for the reason of '${first.image}': ${first.error.message}`,
    );
  }
  tellFailures(tally);
  throw new LatentfillError(
    'image',
    `Expected to fill every image, got ${failed.length} of ${all} not filled: see above.`,
  );
}

/** Every image failed, for reasons that differ in the names they quote at most. */
function failedAlike({ all, skipped, failed }: Tally): boolean {
  const reasons = new Set(failed.map(({ error }) => error.message.replace(/'[^']*'/g, '')));
  return failed.length > 1 && failed.length === all - skipped && reasons.size === 1;
}
