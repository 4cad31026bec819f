/** @file Hashes. Browser-safe. */

import { LatentfillError } from './errors.ts';

/**
 * The SHA-256 of bytes, in hexadecimal.
 * @throws LatentfillError in an insecure page, where browsers offer no hashes.
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) {
    throw new LatentfillError(
      'device',
      'Expected a secure page (https, or localhost) to check files in, got another: serve it so.',
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
