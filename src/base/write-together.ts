/**
 * @file Replaces several files of a folder atomically, and leaves its other files alone. Node only.
 *
 * Node has no portable way to swap two folders atomically, but it can rename one file atomically. So one of the files
 * is the head, which identifies the others by their hashes. A writer first writes the new files to a hidden subfolder,
 * the stage, whose name is a hash of the new head. Renaming the head is the atomic change. Then the writer moves the
 * other files from the stage into the folder. A reader of a head looks for each other file in that head's stage first,
 * then in the folder.
 */

import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from './errors.ts';
import { lockFolder } from './lock.ts';
import { reasonOf, writeWhole } from './write-whole.ts';

/** Files by name; the head is one of them. */
export interface Together {
  readonly head: string;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Names of files to delete. */
  readonly obsolete?: readonly string[];
}

/** The lock of a writer. Its patience, in seconds, is well above the time that writing takes. */
const LOCK = { name: '.write.lock', patience: 60 } as const;
const STAGED = /^\.new-[0-9a-f]{16}$/;

/**
 * Writes files into a folder, which is created if it is missing. A reader finds the old files or the new ones, even if
 * the process is killed at any moment. Waits for other writers.
 * @throws LatentfillError where that fails; then the old files are unchanged.
 */
export async function writeTogether(folder: string, { head, files, obsolete = [] }: Together): Promise<void> {
  await using _lock = await lockFolder(folder, LOCK);
  await finish(folder, head);
  const staged = stagedFolder(folder, files[head]!);
  try {
    for (const [name, bytes] of Object.entries(files)) await writeWhole(join(staged, name), bytes);
    await syncFolder(staged);
    await rename(join(staged, head), join(folder, head));
  } catch (cause) {
    await rm(staged, { recursive: true, force: true }).catch(() => {});
    if (cause instanceof LatentfillError) throw cause;
    throw new LatentfillError('file', `Expected to write in '${folder}', but ${reasonOf(cause)}; all is as it was.`, {
      cause,
    });
  }
  await syncFolder(folder);
  for (const name of obsolete) await rm(join(folder, name), { force: true }); // a kill may leave some
  await finish(folder, head);
}

/** Completes the work of a killed writer, if the folder is writable. Readers do not depend on it. */
export async function recover(folder: string, head: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (!names.some((name) => STAGED.test(name))) return;
  try {
    await using _lock = await lockFolder(folder, { name: LOCK.name });
    await finish(folder, head);
  } catch (error) {
    if (!(error instanceof LatentfillError)) throw error; // another process writes the folder, or it is read-only
  }
}

/** Reads a file that belongs to the head with the content `of`. */
export async function readBeside(folder: string, name: string, of: string): Promise<Uint8Array> {
  return readFile(join(stagedFolder(folder, of), name)).catch(() => readFile(join(folder, name)));
}

/**
 * Moves the files of the current head from its stage into the folder, then deletes all stages, also those whose head
 * was never renamed.
 */
async function finish(folder: string, head: string): Promise<void> {
  const content = await readFile(join(folder, head)).catch(() => undefined);
  try {
    if (content) {
      const staged = stagedFolder(folder, content);
      const names = (await readdir(staged).catch(() => [])).filter((name) => !name.startsWith('.')); // no partial files
      for (const name of names) await rename(join(staged, name), join(folder, name));
    }
    for (const name of await readdir(folder)) if (STAGED.test(name)) await rm(join(folder, name), { recursive: true });
  } catch (cause) {
    throw new LatentfillError('file', `Expected to write in '${folder}', but ${reasonOf(cause)}.`, { cause });
  }
}

function stagedFolder(folder: string, head: Uint8Array | string): string {
  return join(folder, `.new-${createHash('sha256').update(head).digest('hex').slice(0, 16)}`);
}

/** Flushes a folder's entries to the disk, where the system supports it. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder).catch(() => undefined);
  await opened?.sync().catch(() => {});
  await opened?.close();
}
