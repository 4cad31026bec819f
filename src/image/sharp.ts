/** @file sharp, which reads and writes image files, loaded when it is first needed. Node only. */

import { optional } from '../base/optional-package.ts';

/** @throws LatentfillError where it is not installed. */
export async function loadSharp(): Promise<typeof import('sharp')['default']> {
  return (await optional(() => import('sharp'), 'sharp', 'image files')).default;
}
