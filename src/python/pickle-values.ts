/** @file What is read from a pickle: data, and records of what would have been called. Browser-safe. */

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
