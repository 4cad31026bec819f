/** @file Large JSON files, item by item: {"images": [{…}, …], "annotations": [{…}, …]} without all of it in memory. Node only. */

import { LatentfillError } from '../../base/errors.ts';
import { readBytes } from './read-file.ts';

/** Bytes of an item that are read at most. */
const MAX_ITEM = 1_000_000;

const [QUOTE, BACKSLASH, COMMA, COLON] = [...'"\\,:'].map((sign) => sign.charCodeAt(0));
const OPENING = new Set([...'{['].map((sign) => sign.charCodeAt(0)));
const CLOSING = new Set([...'}]'].map((sign) => sign.charCodeAt(0)));

/**
 * Calls `visit` for each object in the arrays that are the outermost object's values, with the array's key and the object's text.
 * @throws LatentfillError where the file is larger than `most`, or is no JSON object. What `visit` throws passes through.
 */
export async function visitItems(
  path: string,
  most: number,
  visit: (key: string, item: Readonly<Record<string, unknown>>, text: string) => void,
): Promise<void> {
  const bytes = await readBytes(path, most);
  const fail = (at: number): never => {
    const came = bytes.toString('utf8', at, at + 40);
    throw new LatentfillError(
      'data',
      `Expected a JSON object of lists in '${path}', got '${came}' at byte ${at}: fetch it again.`,
    );
  };
  if (bytes.toString('latin1', 0, 1000).trimStart()[0] !== '{') fail(0);
  let key = '';
  let depth = 0;
  let start = 0; // of the string or item that is being read
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (end < 0) fail(at);
      if (depth === 1) start = at;
      at = end;
    } else if (byte === COLON && depth === 1) {
      key = String(parse(bytes, start, endOfString(bytes, start) + 1) ?? fail(start));
    } else if (OPENING.has(byte)) {
      if (depth === 2) start = at;
      depth++;
    } else if (CLOSING.has(byte)) {
      depth--;
      if (depth === 2) {
        const item = at - start < MAX_ITEM ? parse(bytes, start, at + 1) : undefined;
        if (item === undefined || item === null || typeof item !== 'object') fail(start);
        visit(
          key,
          item as Readonly<Record<string, unknown>>,
          bytes.toString('utf8', start, Math.min(at + 1, start + 80)),
        );
      }
      if (depth === 0) return;
    } else if (byte === COMMA && depth === 0) fail(at);
  }
  fail(bytes.length);
}

/** Where a string that begins at `at` has its closing quote; −1 where it has none. */
function endOfString(bytes: Buffer, at: number): number {
  for (let end = at + 1; end < bytes.length; end++) {
    if (bytes[end] === BACKSLASH) end++;
    else if (bytes[end] === QUOTE) return end;
  }
  return -1;
}

function parse(bytes: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end));
  } catch {
    return undefined;
  }
}
