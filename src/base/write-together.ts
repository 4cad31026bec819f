/**
 * @file Files of a folder that change all at once, whatever happens meanwhile, and leave its other files alone. Node only.
 *
 * No system swaps two folders in one step that Node offers everywhere, but each renames one file in one step. One of the
 * files is therefore the head, which tells the others apart (by their hashes). New files are written to a hidden folder
 * within, named after the new head's content; renaming the head is the moment of change; then the others are moved up. Who
 * reads a head looks for what it names in the hidden folder of that head first: what is not there has been moved up.
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
  /** Files of the last time that have gone since. */
  readonly obsolete?: readonly string[];
}

/** One writer at a time; a folder takes well under a minute to write. */
const LOCK = { name: '.write.lock', patience: 60 } as const;
const STAGED = /^\.new-[0-9a-f]{16}$/;

/**
 * Writes files into a folder, made if there is none: a reader finds those of before or these, also after a kill at any
 * moment. Another writer is waited for.
 * @throws LatentfillError where that fails; then those of before are there still.
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
  for (const name of obsolete) await rm(join(folder, name), { force: true }); // after a kill here one may stay: no head names it
  await finish(folder, head);
}

/** Moves up what a writer that was killed has left, where that is possible; readers need not wait for it. */
export async function recover(folder: string, head: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (!names.some((name) => STAGED.test(name))) return;
  try {
    await using _lock = await lockFolder(folder, { name: LOCK.name });
    await finish(folder, head);
  } catch (error) {
    if (!(error instanceof LatentfillError)) throw error; // it is being written, or may not be
  }
}

/** A file that goes with a head of the content `of`. */
export async function readBeside(folder: string, name: string, of: string): Promise<Uint8Array> {
  return readFile(join(stagedFolder(folder, of), name)).catch(() => readFile(join(folder, name)));
}

/** Moves up the files of the head that is there; others that were staged have no head and never will. */
async function finish(folder: string, head: string): Promise<void> {
  const content = await readFile(join(folder, head)).catch(() => undefined);
  try {
    if (content) {
      const staged = stagedFolder(folder, content);
      const names = (await readdir(staged).catch(() => [])).filter((name) => !name.startsWith('.')); // none half-written
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

/** Brings the names in a folder to the disk, where the system can. */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder).catch(() => undefined);
  await opened?.sync().catch(() => {});
  await opened?.close();
}
