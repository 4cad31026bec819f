/** @file The stack machine that a pickle is a program for: its bytes, its stack and its memory. Browser-safe. */

import { utf8 } from './pickle-literals.ts';
import { Built, type Pickled } from './pickle-values.ts';

/** Dictionaries take much more memory and time than other values. */
const MAX_DICTIONARIES = 500_000;

/** The mark on the stack where a list of values begins. */
export const MARK = Symbol('mark');

export interface Machine {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  readonly stack: (Pickled | typeof MARK)[];
  readonly memo: Map<number, Pickled>;
  readonly outside: ((id: Pickled) => Pickled) | undefined;
  dictionaries: number;
}

/** Where the next bytes begin, having passed over them. */
export function take(m: Machine, length: number): number {
  if (m.at + length > m.bytes.length) throw new Error(`one that ends too soon, at byte ${m.bytes.length}`);
  m.at += length;
  return m.at - length;
}

export function text(m: Machine, length: number): string {
  return utf8.decode(m.bytes.subarray(take(m, length), m.at));
}

export function byte(m: Machine): number {
  return m.bytes[take(m, 1)]!;
}

export function length4(m: Machine): number {
  return m.view.getUint32(take(m, 4), true);
}

export function length8(m: Machine): number {
  return Number(m.view.getBigUint64(take(m, 8), true));
}

/** A line of bytes, each a character of Latin-1. */
export function line(m: Machine): string {
  const end = m.bytes.indexOf(10, m.at);
  if (end < 0) throw new Error(`one that ends too soon, at byte ${m.bytes.length}`);
  let characters = '';
  for (let at = take(m, end + 1 - m.at); at < end; at++) characters += String.fromCharCode(m.bytes[at]!);
  return characters;
}

export function push(m: Machine, pushed: Pickled | typeof MARK): void {
  m.stack.push(pushed);
}

export function pop(m: Machine): Pickled {
  return value(m.stack.pop());
}

export function top(m: Machine): Pickled {
  return value(m.stack.at(-1));
}

function value(found: Pickled | typeof MARK | undefined): Pickled {
  if (found === undefined || found === MARK) throw new Error('commands that take more values than there are');
  return found;
}

export function popSeveral(m: Machine, count: number): Pickled[] {
  if (m.stack.length < count) return [value(undefined)];
  return m.stack.splice(-count).map(value);
}

export function popMarked(m: Machine): Pickled[] {
  const mark = m.stack.lastIndexOf(MARK);
  if (mark < 0) throw new Error('commands that take more values than there are');
  const values = m.stack.splice(mark + 1).map(value);
  m.stack.pop();
  return values;
}

export function get(m: Machine, index: number): void {
  const known = m.memo.get(index);
  if (known === undefined) throw new Error('a reference to a value that it does not have');
  push(m, known);
}

export function dictionary(m: Machine): Map<Pickled, Pickled> {
  if (++m.dictionaries > MAX_DICTIONARIES) throw new Error(`one of more than ${MAX_DICTIONARIES} dictionaries`);
  return new Map();
}

export function setItems(into: Pickled, pairs: readonly Pickled[]): void {
  if (pairs.length % 2 !== 0) throw new Error('a key without its value');
  const map = into instanceof Built ? into.pairs : into;
  if (!(map instanceof Map)) throw new Error('a value that is put into something that is no dictionary');
  for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i]!, pairs[i + 1]!);
}

export function arrayOf(found: Pickled): Pickled[] {
  if (Array.isArray(found)) return found;
  if (found instanceof Built) return found.items;
  throw new Error('a value that is put into something that is no list');
}

/** Two's complement, lowest byte first. */
export function long(m: Machine, length: number): number | bigint {
  if (length > 16) throw new Error('a whole number of more than 16 bytes');
  const start = take(m, length);
  let unsigned = 0n;
  for (let at = m.at - 1; at >= start; at--) unsigned = (unsigned << 8n) | BigInt(m.bytes[at]!);
  const signed = BigInt.asIntN(8 * Math.max(1, length), unsigned);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}
