/** @file Protocols by their names, or by where their masks are. Node only. */

import { stat } from 'node:fs/promises';
import { LatentfillError } from '../../base/errors.ts';
import { type Protocol, protocols } from './index.ts';
import { openMaskFolder } from './mask-folder.ts';

/**
 * Opens protocols from a list separated by commas: names of {@link protocols} and folders of mask files. A folder that is
 * called as a protocol is reached as `./thin`, but its name must differ from the others of the list.
 * @throws LatentfillError for what is neither, for a name that comes twice, and for masks that cannot be used.
 */
export async function openProtocols(list: string): Promise<Protocol[]> {
  const opened: Protocol[] = [];
  for (const entry of list.split(',')) {
    const one = await openProtocol(entry.trim());
    if (opened.some(({ name }) => name === one.name)) {
      throw new LatentfillError(
        'options',
        `Expected each protocol once, got '${one.name}' twice in '${list}': leave one out, or rename its folder.`,
      );
    }
    opened.push(one);
  }
  return opened;
}

async function openProtocol(entry: string): Promise<Protocol> {
  if (Object.hasOwn(protocols, entry)) return protocols[entry]!;
  const found = await stat(entry).catch(() => undefined);
  if (found?.isDirectory()) return openMaskFolder(entry);
  const names = Object.keys(protocols).join(', ');
  throw new LatentfillError(
    'options',
    `Expected protocols of ${names} or folders of mask files, got '${entry}': check the name, or where the folder is.`,
  );
}
