/**
 * @file Reads Python's pickles as data: numbers, text, bytes, lists, tuples and dictionaries. A pickle is a program for
 * a stack machine. The commands that call functions are errors here, so no code is run. Lib/pickletools.py of CPython
 * documents the commands; protocols 0 to 5 are read.
 */

import { LatentfillError } from '../../base/errors.ts';
import { readBytes } from './read-file.ts';

/** A value from a pickle. Tuples become arrays, and bytes that may be text become text. */
export type Pickled = null | boolean | number | bigint | string | Pickled[] | Map<Pickled, Pickled>;

/** Bytes of a pickle that are read at most; the captions of MSCOCO have some 30 MB. */
const MAX_BYTES = 256_000_000;

/** Commands that are followed at most; those captions are some two million. */
const MAX_COMMANDS = 6_000_000;
/** Dictionaries take much more memory and time than other values. */
const MAX_DICTIONARIES = 500_000;

/** Commands that import, call or build something, or that refer to data outside the pickle. */
const REFUSED: Readonly<Record<string, string>> = {
  ...{ c: 'GLOBAL', '\x93': 'STACK_GLOBAL', R: 'REDUCE', b: 'BUILD', i: 'INST', o: 'OBJ', '\x81': 'NEWOBJ' },
  ...{ '\x92': 'NEWOBJ_EX', '\x82': 'EXT1', '\x83': 'EXT2', '\x84': 'EXT4', P: 'PERSID', Q: 'BINPERSID' },
  ...{ '\x97': 'NEXT_BUFFER', '\x98': 'READONLY_BUFFER' },
};

/** The mark on the stack where a list of values begins. */
const MARK = Symbol('mark');

interface Machine {
  readonly bytes: Buffer;
  at: number;
  readonly stack: (Pickled | typeof MARK)[];
  readonly memo: Map<number, Pickled>;
  dictionaries: number;
}

/** A file's pickle. @throws LatentfillError where it is damaged, or would do more than hold data. */
export async function readPickle(path: string): Promise<Pickled> {
  const bytes = await readBytes(path, MAX_BYTES);
  try {
    return parsePickle(bytes);
  } catch (cause) {
    throw new LatentfillError(
      'data',
      `Expected a pickle of plain data in '${path}', got ${(cause as Error).message}: fetch it again, or make it anew from lists, dictionaries and text.`,
      { cause },
    );
  }
}

function parsePickle(bytes: Buffer): Pickled {
  const machine: Machine = { bytes, at: 0, stack: [], memo: new Map(), dictionaries: 0 };
  for (let i = 0; i < MAX_COMMANDS; i++) {
    const at = machine.at;
    const code = text(machine, 1);
    if (code === '.') return pop(machine);
    if (Object.hasOwn(REFUSED, code)) throw new Error(`the command ${REFUSED[code]} at byte ${at}, which runs code`);
    if (!Object.hasOwn(commands, code)) throw new Error(`the unknown command ${code.charCodeAt(0)} at byte ${at}`);
    commands[code]!(machine);
  }
  throw new Error(`one of more than ${MAX_COMMANDS} commands`);
}

const commands: Readonly<Record<string, (machine: Machine) => void>> = {
  '\x80': (m) => take(m, 1), // PROTO
  '\x95': (m) => take(m, 8), // FRAME
  N: (m) => push(m, null),
  '\x88': (m) => push(m, true),
  '\x89': (m) => push(m, false),
  I: (m) => {
    const digits = line(m);
    push(m, digits === '00' ? false : digits === '01' ? true : whole(digits));
  },
  L: (m) => push(m, whole(line(m).replace(/L$/, ''))),
  J: (m) => push(m, take(m, 4).readInt32LE()),
  K: (m) => push(m, take(m, 1).readUInt8()),
  M: (m) => push(m, take(m, 2).readUInt16LE()),
  '\x8a': (m) => push(m, long(take(m, take(m, 1).readUInt8()))), // LONG1
  '\x8b': (m) => push(m, long(take(m, length4(m)))), // LONG4
  F: (m) => push(m, Number(line(m))),
  G: (m) => push(m, take(m, 8).readDoubleBE()),
  S: (m) => push(m, quoted(line(m))),
  T: (m) => push(m, text(m, length4(m), 'utf8')),
  U: (m) => push(m, text(m, take(m, 1).readUInt8(), 'utf8')),
  B: (m) => push(m, text(m, length4(m), 'utf8')),
  C: (m) => push(m, text(m, take(m, 1).readUInt8(), 'utf8')),
  V: (m) => push(m, escaped(line(m))),
  X: (m) => push(m, text(m, length4(m), 'utf8')),
  '\x8c': (m) => push(m, text(m, take(m, 1).readUInt8(), 'utf8')),
  '\x8d': (m) => push(m, text(m, length8(m), 'utf8')), // BINUNICODE8
  '\x8e': (m) => push(m, text(m, length8(m), 'utf8')), // BINBYTES8
  ']': (m) => push(m, []),
  l: (m) => push(m, popMarked(m)),
  a: (m) => {
    const [value, list] = [pop(m), top(m)];
    arrayOf(list).push(value);
  },
  e: (m) => {
    const values = popMarked(m);
    const list = arrayOf(top(m));
    for (const value of values) list.push(value);
  },
  ')': (m) => push(m, []),
  t: (m) => push(m, popMarked(m)),
  '\x85': (m) => push(m, popSeveral(m, 1)), // TUPLE1
  '\x86': (m) => push(m, popSeveral(m, 2)),
  '\x87': (m) => push(m, popSeveral(m, 3)),
  '}': (m) => push(m, dictionary(m)),
  d: (m) => {
    const pairs = popMarked(m);
    setItems(dictionary(m), pairs, m);
  },
  s: (m) => {
    const pair = popSeveral(m, 2);
    setItems(mapOf(pop(m)), pair, m);
  },
  u: (m) => {
    const pairs = popMarked(m);
    setItems(mapOf(pop(m)), pairs, m);
  },
  '0': (m) => void pop(m),
  '1': (m) => void popMarked(m),
  '2': (m) => push(m, top(m)),
  '(': (m) => push(m, MARK),
  g: (m) => get(m, Number(line(m))),
  h: (m) => get(m, take(m, 1).readUInt8()),
  j: (m) => get(m, take(m, 4).readUInt32LE()),
  p: (m) => void m.memo.set(Number(line(m)), top(m)),
  q: (m) => void m.memo.set(take(m, 1).readUInt8(), top(m)),
  r: (m) => void m.memo.set(take(m, 4).readUInt32LE(), top(m)),
  '\x94': (m) => void m.memo.set(m.memo.size, top(m)), // MEMOIZE
};

function take(m: Machine, length: number): Buffer {
  if (m.at + length > m.bytes.length) throw new Error(`one that ends too soon, at byte ${m.bytes.length}`);
  m.at += length;
  return m.bytes.subarray(m.at - length, m.at);
}

function text(m: Machine, length: number, encoding: 'latin1' | 'utf8' = 'latin1'): string {
  return take(m, length).toString(encoding);
}

function length4(m: Machine): number {
  return take(m, 4).readUInt32LE();
}

function length8(m: Machine): number {
  return Number(take(m, 8).readBigUInt64LE());
}

function line(m: Machine): string {
  const end = m.bytes.indexOf(10, m.at);
  if (end < 0) throw new Error(`one that ends too soon, at byte ${m.bytes.length}`);
  return take(m, end + 1 - m.at)
    .toString('latin1')
    .slice(0, -1);
}

function push(m: Machine, pushed: Pickled | typeof MARK): void {
  m.stack.push(pushed);
}

function pop(m: Machine): Pickled {
  return value(m.stack.pop());
}

function top(m: Machine): Pickled {
  return value(m.stack.at(-1));
}

function value(found: Pickled | typeof MARK | undefined): Pickled {
  if (found === undefined || found === MARK) throw new Error('commands that take more values than there are');
  return found;
}

function popSeveral(m: Machine, count: number): Pickled[] {
  if (m.stack.length < count) return [value(undefined)];
  return m.stack.splice(-count).map(value);
}

function popMarked(m: Machine): Pickled[] {
  const mark = m.stack.lastIndexOf(MARK);
  if (mark < 0) throw new Error('commands that take more values than there are');
  const values = m.stack.splice(mark + 1).map(value);
  m.stack.pop();
  return values;
}

function get(m: Machine, index: number): void {
  const known = m.memo.get(index);
  if (known === undefined) throw new Error('a reference to a value that it does not have');
  push(m, known);
}

function dictionary(m: Machine): Map<Pickled, Pickled> {
  if (++m.dictionaries > MAX_DICTIONARIES) throw new Error(`one of more than ${MAX_DICTIONARIES} dictionaries`);
  return new Map();
}

function setItems(map: Map<Pickled, Pickled>, pairs: readonly Pickled[], m: Machine): void {
  if (pairs.length % 2 !== 0) throw new Error('a key without its value');
  for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i]!, pairs[i + 1]!);
  push(m, map);
}

function arrayOf(found: Pickled): Pickled[] {
  if (Array.isArray(found)) return found;
  throw new Error('a value that is put into something that is no list');
}

function mapOf(found: Pickled): Map<Pickled, Pickled> {
  if (found instanceof Map) return found;
  throw new Error('a value that is put into something that is no dictionary');
}

function whole(digits: string): number | bigint {
  if (!/^[+-]?\d{1,40}$/.test(digits)) throw new Error('a whole number that is none');
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** Two's complement, lowest byte first. */
function long(bytes: Buffer): number | bigint {
  if (bytes.length > 16) throw new Error('a whole number of more than 16 bytes');
  const digits = Buffer.from(bytes).reverse().toString('hex') || '0';
  const signed = BigInt.asIntN(8 * Math.max(1, bytes.length), BigInt(`0x${digits}`));
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

/** Text as Python 2 prints it: in quotes, with escapes. Bytes above 127 are UTF-8. */
function quoted(repr: string): string {
  const inner = /^(['"])(.*)\1$/s.exec(repr)?.[2];
  if (inner === undefined) throw new Error('text without its quotes');
  const plain: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const bytes = inner.replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))/gs, (_, hex, octal, other) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return plain[other] ?? other;
  });
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Python's raw-unicode-escape: Latin-1 but for \uXXXX and \UXXXXXXXX. */
function escaped(raw: string): string {
  return raw.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short, long) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}
