/** @file Files that appear whole or not at all. Node only. */

import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LatentfillError } from './errors.ts';

/**
 * Writes `bytes` to `path`: into a hidden file beside it, flushed to the disk, then renamed over it. Missing folders are
 * made. On any failure (a full disk, an abort) the neighbour is removed, an older `path` stays as it was, and a
 * {@link LatentfillError} says what happened.
 */
export async function writeWhole(path: string, bytes: Uint8Array | string, signal?: AbortSignal): Promise<void> {
  const folder = dirname(path);
  const beside = join(folder, `.${randomBytes(4).toString('hex')}.part`); // a name of its own: the longest leave no room for more
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

/** Removes what a killed {@link writeWhole} left in a folder. Nothing else may be writing there. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (/^\.(.+\.)?[0-9a-f]{8}\.part$/.test(name)) await rm(join(folder, name), { force: true });
}

/** Adds `text` at the end of a file, made if there is none. @throws LatentfillError where that fails. */
export function append(path: string, text: string | Uint8Array): void {
  try {
    appendFileSync(path, text);
  } catch (cause) {
    throw new LatentfillError('file', `Expected to add to '${path}', but ${reasonOf(cause)}.`, { cause });
  }
}

/** Why something could not be written, and what to do, for the middle of a sentence. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full: free some space or choose another place';
  if (code === 'EFBIG') return 'the file-size limit was reached: raise it or choose another place';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'that place may not be written: choose another';
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'EEXIST')
    return 'a folder or file of that name is in the way';
  return message;
}
