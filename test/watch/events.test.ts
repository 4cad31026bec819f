import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openEvents } from '../../src/watch/events/event-file.ts';
import { maskedCrc, records } from '../../src/watch/events/records.ts';

let run: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'latentfill-events-'));
});
const files = () => readdirSync(run).sort();
const bytesOf = (name: string) => readFileSync(join(run, name));

/** Fields of a protobuf message by number, as the wire has them. */
function fieldsOf(bytes: Buffer): Record<number, (number | Buffer)[]> {
  const fields: Record<number, (number | Buffer)[]> = {};
  let at = 0;
  const varint = () => {
    let [x, shift] = [0n, 0n];
    for (;;) {
      const byte = bytes[at++]!;
      x |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(x);
      shift += 7n;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const kind = tag & 7;
    let value: number | Buffer;
    if (kind === 0) value = varint();
    else {
      const length = kind === 1 ? 8 : kind === 5 ? 4 : varint();
      value = bytes.subarray(at, at + length);
      at += length;
      if (kind === 1) value = value.readDoubleLE();
      else if (kind === 5) value = value.readFloatLE();
    }
    fields[tag >> 3] = [...(fields[tag >> 3] ?? []), value];
  }
  return fields;
}

/** Records by the format's own words, with no checksum looked at. */
function payloads(bytes: Buffer): Buffer[] {
  const all = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    all.push(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  return all;
}

/** Steps and values of a tag over all files of the run. */
function read(tag: string): [step: number, value: number][] {
  return files().flatMap((name) =>
    payloads(bytesOf(name)).flatMap((payload): [number, number][] => {
      const event = fieldsOf(payload);
      const summary = event[5] ? fieldsOf(event[5][0] as Buffer) : {};
      return (summary[1] ?? []).flatMap((value): [number, number][] => {
        const fields = fieldsOf(value as Buffer);
        return String(fields[1]![0]) === tag && fields[2] ? [[event[2]![0] as number, fields[2][0] as number]] : [];
      });
    }),
  );
}

test('checksums are CRC-32C, masked', () => {
  // RFC 3720, B.4: 32 bytes of zeros; and the check value of "123456789".
  const unmask = (masked: number) => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  expect(unmask(maskedCrc(new Uint8Array(32))).toString(16)).toBe('8a9136aa');
  expect(unmask(maskedCrc(Buffer.from('123456789'))).toString(16)).toBe('e3069283');
});

test('a file begins with its version, then holds scalars and pictures by step', async () => {
  const events = await openEvents(run, 1);
  events.add({ step: 1, scalars: { 'd/loss': 0.5, 'g/loss': -2 } });
  events.add({ step: 300, images: { samples: { width: 24, height: 16, encoded: Uint8Array.of(1, 2, 3) } } });
  const [name] = files();
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  const [first, second, third] = payloads(bytesOf(name!)).map(fieldsOf);
  expect(String(first![3]![0])).toBe('brain.Event:2');
  expect(Math.abs((second![1]![0] as number) - Date.now() / 1000)).toBeLessThan(60);
  expect(read('d/loss')).toEqual([[1, 0.5]]);
  expect(read('g/loss')).toEqual([[1, -2]]);
  expect(third![2]).toEqual([300]);
  const picture = fieldsOf(fieldsOf(fieldsOf(third![5]![0] as Buffer)[1]![0] as Buffer)[4]![0] as Buffer);
  expect([picture[1], picture[2], picture[3], [...(picture[4]![0] as Buffer)]]).toEqual([[16], [24], [3], [1, 2, 3]]);
});

test('what is done again after a kill stands in the files once', async () => {
  const before = await openEvents(run, 1);
  for (let step = 1; step <= 200; step++) before.add({ step, scalars: { loss: step } });
  appendFileSync(join(run, files()[0]!), Uint8Array.of(30, 0, 0, 0, 0, 0, 0, 0, 9)); // a record that a kill cut off
  const after = await openEvents(run, 151);
  for (let step = 151; step <= 400; step++) after.add({ step, scalars: { loss: -step } });
  expect(files()).toHaveLength(2);
  const expected = Array.from({ length: 400 }, (_, i) => [i + 1, i < 150 ? i + 1 : -(i + 1)]);
  expect(read('loss')).toEqual(expected);
  for (const name of files()) expect([...records(bytesOf(name))]).toHaveLength(payloads(bytesOf(name)).length);

  await openEvents(run, 1); // begun anew
  expect(read('loss')).toEqual([]);
});

test('reading stops at a damaged record', async () => {
  const events = await openEvents(run, 1);
  for (let step = 1; step <= 5; step++) events.add({ step, scalars: { loss: step } });
  const [name] = files();
  const bytes = bytesOf(name!);
  bytes[bytes.length - 6]! ^= 1;
  writeFileSync(join(run, name!), bytes);
  expect([...records(bytes)]).toHaveLength(5);
});
