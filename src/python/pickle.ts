/**
 * @file Reads Python's pickles as data: numbers, text, bytes, lists, tuples and dictionaries. A pickle is a program for
 * a stack machine. The commands that call functions are errors here, or leave a record of the call, so no code is run.
 * Lib/pickletools.py of CPython documents the commands; protocols 0 to 5 are read. Browser-safe.
 */

/** A value from a pickle. Tuples become arrays, and bytes that may be text become text. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Pickled[]
  | Map<Pickled, Pickled>
  | Named
  | Built
  | Opened;

/** A class or function that a pickle names; it is never imported. */
export class Named {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** The record of an object: what would have been called to make it, with what, and what would have been put into it. */
export class Built {
  readonly of: string;
  readonly args: Pickled;
  state: Pickled = null;
  readonly items: Pickled[] = [];
  readonly pairs: Map<Pickled, Pickled> = new Map();

  constructor(of: string, args: Pickled) {
    this.of = of;
    this.args = args;
  }
}

/** Data outside the pickle, by the name that the pickle has for it. */
export class Opened {
  readonly id: Pickled;

  constructor(id: Pickled) {
    this.id = id;
  }
}

/** Settings of {@link parsePickle}. */
export interface PickleOptions {
  /** Where the pickle begins. @default 0 */
  readonly at?: number;
  /** What stands for data outside the pickle; with it, objects become records. Left out, both are errors. */
  readonly outside?: (id: Pickled) => Pickled;
}

/** Commands that are followed at most; the captions of MSCOCO are some two million. */
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
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  readonly stack: (Pickled | typeof MARK)[];
  readonly memo: Map<number, Pickled>;
  readonly outside: PickleOptions['outside'];
  dictionaries: number;
}

/**
 * The value of a pickle, and where its bytes end.
 * @throws Error whose message completes "Expected a pickle, got …", where it is damaged or would do more than hold data.
 */
export function parsePickle(bytes: Uint8Array, options: PickleOptions = {}): { value: Pickled; end: number } {
  const { at: start = 0, outside } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine: Machine = { bytes, view, at: start, stack: [], memo: new Map(), outside, dictionaries: 0 };
  for (let i = 0; i < MAX_COMMANDS; i++) {
    const at = machine.at;
    const code = String.fromCharCode(bytes[take(machine, 1)]!);
    if (code === '.') return { value: pop(machine), end: machine.at };
    if (outside && Object.hasOwn(recorded, code)) recorded[code]!(machine);
    else if (Object.hasOwn(REFUSED, code)) {
      throw new Error(`the command ${REFUSED[code]} at byte ${at}, which runs code`);
    } else if (Object.hasOwn(commands, code)) commands[code]!(machine);
    else throw new Error(`the unknown command ${code.charCodeAt(0)} at byte ${at}`);
  }
  throw new Error(`one of more than ${MAX_COMMANDS} commands`);
}

/** What would run code, as a record of it. */
const recorded: Readonly<Record<string, (machine: Machine) => void>> = {
  c: (m) => push(m, new Named(`${line(m)}.${line(m)}`)),
  '\x93': (m) => {
    const [module, name] = popSeveral(m, 2);
    push(m, new Named(`${module}.${name}`));
  },
  R: (m) => push(m, called(m, pop(m), pop(m))),
  '\x81': (m) => push(m, called(m, pop(m), pop(m))),
  '\x92': (m) => {
    pop(m); // its keywords
    push(m, called(m, pop(m), pop(m)));
  },
  b: (m) => {
    const state = pop(m);
    const object = top(m);
    if (object instanceof Built) object.state = state; // attributes of a dictionary are not needed
  },
  P: (m) => push(m, m.outside!(line(m))),
  Q: (m) => push(m, m.outside!(pop(m))),
};

/** The record of a call; an ordered dictionary is one like any other. */
function called(m: Machine, args: Pickled, callee: Pickled): Pickled {
  if (!(callee instanceof Named)) throw new Error('a call of something that has no name');
  return callee.name === 'collections.OrderedDict' ? dictionary(m) : new Built(callee.name, args);
}

const commands: Readonly<Record<string, (machine: Machine) => void>> = {
  '\x80': (m) => void take(m, 1), // PROTO
  '\x95': (m) => void take(m, 8), // FRAME
  N: (m) => push(m, null),
  '\x88': (m) => push(m, true),
  '\x89': (m) => push(m, false),
  I: (m) => {
    const digits = line(m);
    push(m, digits === '00' ? false : digits === '01' ? true : whole(digits));
  },
  L: (m) => push(m, whole(line(m).replace(/L$/, ''))),
  J: (m) => push(m, m.view.getInt32(take(m, 4), true)),
  K: (m) => push(m, byte(m)),
  M: (m) => push(m, m.view.getUint16(take(m, 2), true)),
  '\x8a': (m) => push(m, long(m, byte(m))), // LONG1
  '\x8b': (m) => push(m, long(m, length4(m))), // LONG4
  F: (m) => push(m, Number(line(m))),
  G: (m) => push(m, m.view.getFloat64(take(m, 8))),
  S: (m) => push(m, quoted(line(m))),
  T: (m) => push(m, text(m, length4(m))),
  U: (m) => push(m, text(m, byte(m))),
  B: (m) => push(m, text(m, length4(m))),
  C: (m) => push(m, text(m, byte(m))),
  V: (m) => push(m, escaped(line(m))),
  X: (m) => push(m, text(m, length4(m))),
  '\x8c': (m) => push(m, text(m, byte(m))),
  '\x8d': (m) => push(m, text(m, length8(m))), // BINUNICODE8
  '\x8e': (m) => push(m, text(m, length8(m))), // BINBYTES8
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
  '\x8f': (m) => push(m, []), // EMPTY_SET
  '\x90': (m) => commands.e!(m), // ADDITEMS
  '\x91': (m) => push(m, popMarked(m)), // FROZENSET
  ')': (m) => push(m, []),
  t: (m) => push(m, popMarked(m)),
  '\x85': (m) => push(m, popSeveral(m, 1)), // TUPLE1
  '\x86': (m) => push(m, popSeveral(m, 2)),
  '\x87': (m) => push(m, popSeveral(m, 3)),
  '}': (m) => push(m, dictionary(m)),
  d: (m) => {
    const pairs = popMarked(m);
    push(m, dictionary(m));
    setItems(top(m), pairs);
  },
  s: (m) => {
    const pair = popSeveral(m, 2);
    setItems(top(m), pair);
  },
  u: (m) => {
    const pairs = popMarked(m);
    setItems(top(m), pairs);
  },
  '0': (m) => void pop(m),
  '1': (m) => void popMarked(m),
  '2': (m) => push(m, top(m)),
  '(': (m) => push(m, MARK),
  g: (m) => get(m, Number(line(m))),
  h: (m) => get(m, byte(m)),
  j: (m) => get(m, length4(m)),
  p: (m) => void m.memo.set(Number(line(m)), top(m)),
  q: (m) => void m.memo.set(byte(m), top(m)),
  r: (m) => void m.memo.set(length4(m), top(m)),
  '\x94': (m) => void m.memo.set(m.memo.size, top(m)), // MEMOIZE
};

/** Where the next bytes begin, having passed over them. */
function take(m: Machine, length: number): number {
  if (m.at + length > m.bytes.length) throw new Error(`one that ends too soon, at byte ${m.bytes.length}`);
  m.at += length;
  return m.at - length;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function text(m: Machine, length: number): string {
  return utf8.decode(m.bytes.subarray(take(m, length), m.at));
}

function byte(m: Machine): number {
  return m.bytes[take(m, 1)]!;
}

function length4(m: Machine): number {
  return m.view.getUint32(take(m, 4), true);
}

function length8(m: Machine): number {
  return Number(m.view.getBigUint64(take(m, 8), true));
}

/** A line of bytes, each a character of Latin-1. */
function line(m: Machine): string {
  const end = m.bytes.indexOf(10, m.at);
  if (end < 0) throw new Error(`one that ends too soon, at byte ${m.bytes.length}`);
  let characters = '';
  for (let at = take(m, end + 1 - m.at); at < end; at++) characters += String.fromCharCode(m.bytes[at]!);
  return characters;
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

function setItems(into: Pickled, pairs: readonly Pickled[]): void {
  if (pairs.length % 2 !== 0) throw new Error('a key without its value');
  const map = into instanceof Built ? into.pairs : into;
  if (!(map instanceof Map)) throw new Error('a value that is put into something that is no dictionary');
  for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i]!, pairs[i + 1]!);
}

function arrayOf(found: Pickled): Pickled[] {
  if (Array.isArray(found)) return found;
  if (found instanceof Built) return found.items;
  throw new Error('a value that is put into something that is no list');
}

function whole(digits: string): number | bigint {
  if (!/^[+-]?\d{1,40}$/.test(digits)) throw new Error('a whole number that is none');
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** Two's complement, lowest byte first. */
function long(m: Machine, length: number): number | bigint {
  if (length > 16) throw new Error('a whole number of more than 16 bytes');
  const start = take(m, length);
  let unsigned = 0n;
  for (let at = m.at - 1; at >= start; at--) unsigned = (unsigned << 8n) | BigInt(m.bytes[at]!);
  const signed = BigInt.asIntN(8 * Math.max(1, length), unsigned);
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
  return utf8.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

/** Python's raw-unicode-escape: Latin-1 but for \uXXXX and \UXXXXXXXX. */
function escaped(raw: string): string {
  return raw.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short, long) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}
