/** @file Writes files atomically. Node only. */

import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LatentfillError } from './errors.ts';

/**
 * Writes `bytes` to `path` atomically: into a hidden file beside it, which is flushed to the disk and renamed to
 * `path`. Missing folders are created. On any failure (a full disk, an abort) the hidden file is removed and an older
 * `path` stays as it was.
 * @throws LatentfillError that says what happened, or the signal's reason.
 */
export async function writeWhole(path: string, bytes: Uint8Array | string, signal?: AbortSignal): Promise<void> {
  const folder = dirname(path);
  const beside = join(folder, `.${randomBytes(4).toString('hex')}.part`); // `path` plus a suffix could be too long
  let file: FileHandle | undefined;
  try {
    await mkdir(folder, { recursive: true });
    signal?.throwIfAborted();
    file = await open(beside, 'wx');
    await file.writeFile(bytes, signal ? { signal } : {});
    await file.sync();
    await file.close();
    file = undefined;
    signal?.throwIfAborted();
    await rename(beside, path);
  } catch (error) {
    await file?.close().catch(() => {});
    await rm(beside, { force: true }).catch(() => {});
    if (signal?.aborted) throw signal.reason;
    throw new LatentfillError(
      'file',
      `Expected to write '${path}', but ${reasonOf(error)}; nothing was left half-written.`,
      {
        cause: error,
      },
    );
  }
}

/** Removes hidden files that a killed {@link writeWhole} left in a folder. No other process may be writing there. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (/^\.(.+\.)?[0-9a-f]{8}\.part$/.test(name)) await rm(join(folder, name), { force: true });
}

/** Appends `text` to a file, which is created if it is missing. @throws LatentfillError where that fails. */
export function append(path: string, text: string | Uint8Array): void {
  try {
    appendFileSync(path, text);
  } catch (cause) {
    throw new LatentfillError('file', `Expected to add to '${path}', but ${reasonOf(cause)}.`, { cause });
  }
}

/** The reason of a failed write, with a remedy, as part of a sentence. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full: free some space or choose another place';
  if (code === 'EFBIG') return 'the file-size limit was reached: raise it or choose another place';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'that place may not be written: choose another';
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'EEXIST')
    return 'a folder or file of that name is in the way';
  return message;
}
