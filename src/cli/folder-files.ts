/** @file The files of a folder and its subfolders. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { isHidden } from './names.ts';
import { identity, kind } from './outputs.ts';

/** What a folder holds, by paths within it, with `/`, in order. */
export interface FolderFiles {
  readonly files: string[];
  /** Folders that were not entered. */
  readonly folders: string[];
}

/**
 * Lists a folder; with `recursive` what its subfolders hold too. Hidden files and folders are left out, and those whose
 * {@link identity} is in `except`. Links to folders are not followed: they may lead in a circle.
 * @throws LatentfillError for a folder that cannot be read.
 */
export async function filesIn(
  folder: string,
  { recursive, except }: { readonly recursive: boolean; readonly except: ReadonlySet<string> },
): Promise<FolderFiles> {
  const files: string[] = [];
  const folders: string[] = [];
  const list = async (within: string): Promise<void> => {
    const entries = await readdir(join(folder, within), { withFileTypes: true }).catch((cause) => {
      const path = join(folder, within);
      throw new LatentfillError(
        'file',
        `Expected a folder that can be read at '${path}', got one that cannot (${cause.code}): check its permissions.`,
        { cause },
      );
    });
    for (const entry of entries) {
      const name = within === '' ? entry.name : `${within}/${entry.name}`;
      const path = join(folder, name);
      if (isHidden(entry.name) || except.has(await identity(path))) continue;
      if (entry.isDirectory() && recursive) await list(name);
      else if ((await kind(path)) === 'folder') folders.push(name);
      else files.push(name);
    }
  };
  await list('');
  return { files: files.sort(), folders: folders.sort() };
}
