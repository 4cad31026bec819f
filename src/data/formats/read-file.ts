/** @file Data files read within bounds: what a file claims is checked before memory is taken. Node only. */

import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { LatentfillError } from '../../base/errors.ts';

/** Bytes of a file. @throws LatentfillError where it is missing, no file, larger than `most`, or may not be read. */
export async function readBytes(path: string, most: number): Promise<Buffer> {
  await checkFile(path, most);
  return readFile(path).catch((cause) => {
    throw new LatentfillError('data', `Expected to read '${path}', but ${cause.message}: check its permissions.`, {
      cause,
    });
  });
}

/** Bytes of a file, unpacked where its name ends in .gz; at most `most` of them either way. */
export async function readUnpacked(path: string, most: number): Promise<Buffer> {
  const bytes = await readBytes(path, most);
  if (!path.endsWith('.gz')) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: most });
  } catch (cause) {
    const large = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const came = large ? `more than ${megabytes(most)} once unpacked` : `a damaged one (${(cause as Error).message})`;
    throw new LatentfillError('data', `Expected a gzip file at '${path}', got ${came}: fetch it again.`, { cause });
  }
}

/** The longest line that is read. */
const MAX_LINE = 4_000_000;

/** The lines of a text file of at most `most` bytes with their numbers, from 1, one after the other; empty ones are left out. */
export async function* readLines(path: string, most: number): AsyncGenerator<readonly [number, string]> {
  await checkFile(path, most);
  let rest = '';
  let number = 0;
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const text: string = rest + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      number++;
      const line = text.slice(start, end).trim();
      start = end + 1;
      if (line !== '') yield [number, line];
    }
    rest = text.slice(start);
    if (rest.length > MAX_LINE) {
      throw new LatentfillError(
        'data',
        `Expected lines of at most ${megabytes(MAX_LINE)} in '${path}', got more in line ${number + 1}: check the file.`,
      );
    }
  }
  if (rest.trim() !== '') yield [number + 1, rest.trim()];
}

/** `length` bytes of a file from `offset`. @throws LatentfillError where it ends before. */
export async function readPart(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r').catch((cause) => {
    throw new LatentfillError('data', `Expected to read '${path}', but ${cause.message}: check it.`, { cause });
  });
  try {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, offset);
    if (bytesRead === length) return bytes;
    throw new LatentfillError(
      'data',
      `Expected ${length} bytes at ${offset} in '${path}', got ${bytesRead}: the file was cut short since it was opened.`,
    );
  } finally {
    await file.close();
  }
}

/** A file's bytes. @throws LatentfillError where it is missing, no file, or larger than `most`. */
export async function checkFile(path: string, most: number): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new LatentfillError('data', `Expected a file at '${path}', got none: check the folder.`);
  if (!found.isFile())
    throw new LatentfillError('data', `Expected a file at '${path}', got something else: check the folder.`);
  if (found.size > most) {
    throw new LatentfillError(
      'data',
      `Expected at most ${megabytes(most)} in '${path}', got ${megabytes(found.size)}: check that it is the right file.`,
    );
  }
  return found.size;
}

/** Whether there is a folder at a path. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Whether there is a file at a path. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toPrecision(3)} MB`;
}
