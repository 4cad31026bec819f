/** @file The messages of TensorBoard's event files (event.proto, summary.proto), the few fields that are needed. */

/** A picture of an event: bytes of a JPEG or PNG file. */
export interface EventImage {
  readonly width: number;
  readonly height: number;
  readonly encoded: Uint8Array;
}

/** What happened at a step. */
export interface Event {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly scalars?: Readonly<Record<string, number>>;
  readonly images?: Readonly<Record<string, EventImage>>;
}

/** The first record of a file: which version it is of. */
export function fileVersion(wallTime: number): Uint8Array {
  return message(double(1, wallTime), text(3, 'brain.Event:2'));
}

/** An Event with a Summary of its scalars and images. */
export function encodeEvent({ wallTime, step, scalars = {}, images = {} }: Event): Uint8Array {
  const values = [
    ...Object.entries(scalars).map(([tag, x]) => message(text(1, tag), float(2, x))),
    ...Object.entries(images).map(([tag, { width, height, encoded }]) =>
      message(text(1, tag), bytes(4, message(varint(1, height), varint(2, width), varint(3, RGB), bytes(4, encoded)))),
    ),
  ];
  const summary = message(...values.map((value) => bytes(1, value)));
  return message(double(1, wallTime), varint(2, step), bytes(5, summary));
}

/** The step of an encoded Event; 0 where it has none. */
export function stepOf(event: Uint8Array): number {
  // Ours begin with the wall time (tag and 8 bytes), then the step.
  let [at, step] = [9, 0];
  if (event[at++] !== ((2 << 3) | VARINT)) return 0;
  for (let factor = 1; ; factor *= 128) {
    step += (event[at]! & 0x7f) * factor;
    if (event[at++]! < 0x80) return step;
  }
}

const RGB = 3;
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

function message(...fields: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(fields.reduce((length, field) => length + field.length, 0));
  let at = 0;
  for (const field of fields) {
    all.set(field, at);
    at += field.length;
  }
  return all;
}

function varint(field: number, x: number): Uint8Array {
  return Uint8Array.from([(field << 3) | VARINT, ...groups(x)]);
}

function bytes(field: number, data: Uint8Array): Uint8Array {
  return message(Uint8Array.from([(field << 3) | LENGTH, ...groups(data.length)]), data);
}

function text(field: number, content: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(content));
}

function double(field: number, x: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(9));
  data.setUint8(0, (field << 3) | FIXED64);
  data.setFloat64(1, x, true);
  return new Uint8Array(data.buffer);
}

function float(field: number, x: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(5));
  data.setUint8(0, (field << 3) | FIXED32);
  data.setFloat32(1, x, true);
  return new Uint8Array(data.buffer);
}

/** Seven bits a byte, the lowest first. */
function groups(x: number): number[] {
  const all = [];
  for (; x >= 0x80; x = Math.floor(x / 0x80)) all.push((x % 0x80) | 0x80);
  return [...all, x];
}
