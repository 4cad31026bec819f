/** @file MATLAB 5 files: the numeric arrays in them ("MAT-File Format", The MathWorks; level 5). Node only. */

import { createInflate } from 'node:zlib';
import { LatentfillError } from '../../base/errors.ts';
import { readBytes } from './read-file.ts';

/** An array of bytes, or of numbers that fit into them; the first index runs fastest. */
export interface MatArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const HEADER = 128;
const TAG = 8;
const INT8 = 1;
const UINT8 = 2;
const INT32 = 5;
const UINT32 = 6;
const DOUBLE = 9;
const MATRIX = 14;
const COMPRESSED = 15;

interface Element {
  readonly type: number;
  readonly bytes: Buffer;
  /** Where the next element starts. */
  readonly end: number;
}

/**
 * Reads the arrays of a file whose values are whole and between 0 and 255, by name.
 * @param most Bytes that the file, and each array unpacked, may have.
 * @throws LatentfillError for anything else in the file.
 */
export async function readMat(path: string, most: number): Promise<ReadonlyMap<string, MatArray>> {
  const bytes = await readBytes(path, most);
  const fail = (came: string): never => {
    throw new LatentfillError(
      'data',
      `Expected a MATLAB 5 file of arrays at '${path}', got ${came}: fetch it again, or save it with -v7 in MATLAB.`,
    );
  };
  if (bytes.length < HEADER) fail('a file that is cut short');
  if (bytes.toString('latin1', 0, 10) === 'MATLAB 7.3') fail('one of version 7.3');
  if (bytes.toString('latin1', 126, 128) !== 'IM' || bytes.readUInt16LE(124) !== 0x100) fail('another kind of file');
  const arrays = new Map<string, MatArray>();
  for (let at = HEADER; at < bytes.length; ) {
    const element = elementAt(bytes, at) ?? fail('a file that is cut short');
    at = element.end;
    const compressed = element.type === COMPRESSED;
    const whole = compressed ? await inflateMatrix(element.bytes, most).catch((e) => fail(e.message)) : undefined;
    const matrix = whole ? elementAt(whole, 0) : element;
    if (matrix?.type !== MATRIX) fail('something that is no array');
    const found = parseMatrix(matrix!.bytes) ?? fail('an array that is damaged or of another type');
    arrays.set(found.name, found);
  }
  return arrays;
}

/** The element at an offset; undefined where it goes on beyond the end. */
function elementAt(bytes: Buffer, at: number): Element | undefined {
  if (at + TAG > bytes.length) return;
  const [first, second] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
  const small = first >>> 16; // up to four bytes stand in the tag itself
  if (small > 4) return;
  if (small > 0) return { type: first & 0xffff, bytes: bytes.subarray(at + 4, at + 4 + small), end: at + TAG };
  const start = at + TAG;
  if (start + second > bytes.length) return;
  const padded = first === COMPRESSED ? second : Math.ceil(second / 8) * 8;
  return { type: first, bytes: bytes.subarray(start, start + second), end: start + padded };
}

/** Unpacks one array: memory for what its first bytes say is taken, once it is known to be within bounds. */
async function inflateMatrix(packed: Buffer, most: number): Promise<Buffer> {
  let whole: Buffer | undefined;
  let filled = 0;
  for await (const chunk of createInflate().end(packed) as AsyncIterable<Buffer>) {
    if (whole === undefined) {
      const length = chunk.length < TAG ? 0 : chunk.readUInt32LE(4);
      // Deflate packs 1032 times at most.
      if (length === 0 || length > Math.min(most, 1032 * packed.length)) {
        throw new Error(`an array of ${length} bytes out of ${packed.length}`);
      }
      whole = Buffer.alloc(TAG + length);
    }
    if (filled + chunk.length > whole.length) throw new Error('an array with more bytes than it says');
    filled += chunk.copy(whole, filled);
  }
  if (whole === undefined || filled !== whole.length) throw new Error('an array with fewer bytes than it says');
  return whole;
}

/** Flags, dimensions, name and values, each an element. */
function parseMatrix(bytes: Buffer): (MatArray & { name: string }) | undefined {
  const parts: Element[] = [];
  for (let at = 0; parts.length < 4; ) {
    const part = elementAt(bytes, at);
    if (!part) return;
    parts.push(part);
    at = part.end;
  }
  const [flags, dimensions, name, values] = parts as [Element, Element, Element, Element];
  const typed = flags.type === UINT32 && dimensions.type === INT32 && name.type === INT8;
  if (!typed || dimensions.bytes.length % 4 !== 0 || dimensions.bytes.length > 32) return;
  const shape = Array.from({ length: dimensions.bytes.length / 4 }, (_, i) => dimensions.bytes.readInt32LE(4 * i));
  const data = bytesOf(values);
  if (!data || shape.some((side) => side < 0) || shape.reduce((a, b) => a * b, 1) !== data.length) return;
  return { name: name.bytes.toString('latin1'), shape, data };
}

function bytesOf({ type, bytes }: Element): Uint8Array | undefined {
  if (type === UINT8) return bytes;
  if (type !== DOUBLE || bytes.length % 8 !== 0) return;
  const numbers = Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
  return numbers.every((v) => Number.isInteger(v) && v >= 0 && v < 256) ? Uint8Array.from(numbers) : undefined;
}
