/**
 * @file Reads Python's pickles as data: numbers, text, bytes, lists, tuples and dictionaries. A pickle is a program for
 * a stack machine. The commands that call functions are errors here, or leave a record of the call, so no code is run.
 * Lib/pickletools.py of CPython documents the commands; protocols 0 to 5 are read. Browser-safe.
 */

import { escaped, quoted, whole } from './pickle-literals.ts';
import {
  arrayOf,
  byte,
  dictionary,
  get,
  length4,
  length8,
  line,
  long,
  MARK,
  type Machine,
  pop,
  popMarked,
  popSeveral,
  push,
  setItems,
  take,
  text,
  top,
} from './pickle-machine.ts';
import { Built, Named, type Pickled } from './pickle-values.ts';

/** Settings of {@link parsePickle}. */
export interface PickleOptions {
  /** Where the pickle begins. @default 0 */
  readonly at?: number;
  /** What stands for data outside the pickle; with it, objects become records. Left out, both are errors. */
  readonly outside?: (id: Pickled) => Pickled;
}

/** Commands that are followed at most; the captions of MSCOCO are some two million. */
const MAX_COMMANDS = 6_000_000;

/** Commands that import, call or build something, or that refer to data outside the pickle. */
const REFUSED: Readonly<Record<string, string>> = {
  ...{ c: 'GLOBAL', '\x93': 'STACK_GLOBAL', R: 'REDUCE', b: 'BUILD', i: 'INST', o: 'OBJ', '\x81': 'NEWOBJ' },
  ...{ '\x92': 'NEWOBJ_EX', '\x82': 'EXT1', '\x83': 'EXT2', '\x84': 'EXT4', P: 'PERSID', Q: 'BINPERSID' },
  ...{ '\x97': 'NEXT_BUFFER', '\x98': 'READONLY_BUFFER' },
};

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
