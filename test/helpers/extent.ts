/** @file How much is run of what is slow because it is exhaustive: a fixed sample by `npm test`, the whole by `npm run test:all`. */

import type { Extent } from './devices.ts';

/** What vitest.config.ts says of its mode. */
export const extent: Extent = process.env.LATENTFILL_TEST_EXTENT === 'whole' ? 'whole' : 'sample';

/** Chooses by the extent. */
export const ofExtent = <T>(choice: Readonly<Record<Extent, T>>): T => choice[extent];
