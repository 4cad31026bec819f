import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPickle } from '../../../src/data/formats/pickle.ts';

const path = join(mkdtempSync(join(tmpdir(), 'latentfill-')), 'a.pkl');
const read = (bytes: Buffer | string) => {
  writeFileSync(path, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return readPickle(path);
};

// pickle.dumps({'COCO_train2014_000000000009': ['a dog', "it's a café 😀"], 17: ('by number',)}, protocol) of CPython 3.11
const byPython = [
  'KGRwMApWQ09DT190cmFpbjIwMTRfMDAwMDAwMDAwMDA5CnAxCihscDIKVmEgZG9nCnAzCmFWaXQncyBhIGNhZukgXFUwMDAxZjYwMApwNAphc0kxNwooVmJ5IG51bWJlcgpwNQp0cDYKcy4=',
  'fXEAKFgbAAAAQ09DT190cmFpbjIwMTRfMDAwMDAwMDAwMDA5cQFdcQIoWAUAAABhIGRvZ3EDWBEAAABpdCdzIGEgY2Fmw6kg8J+YgHEEZUsRKFgJAAAAYnkgbnVtYmVycQV0cQZ1Lg==',
  'gAJ9cQAoWBsAAABDT0NPX3RyYWluMjAxNF8wMDAwMDAwMDAwMDlxAV1xAihYBQAAAGEgZG9ncQNYEQAAAGl0J3MgYSBjYWbDqSDwn5iAcQRlSxFYCQAAAGJ5IG51bWJlcnEFhXEGdS4=',
  'gAN9cQAoWBsAAABDT0NPX3RyYWluMjAxNF8wMDAwMDAwMDAwMDlxAV1xAihYBQAAAGEgZG9ncQNYEQAAAGl0J3MgYSBjYWbDqSDwn5iAcQRlSxFYCQAAAGJ5IG51bWJlcnEFhXEGdS4=',
  'gASVUwAAAAAAAAB9lCiMG0NPQ09fdHJhaW4yMDE0XzAwMDAwMDAwMDAwOZRdlCiMBWEgZG9nlIwRaXQncyBhIGNhZsOpIPCfmICUZUsRjAlieSBudW1iZXKUhZR1Lg==',
];

test("what CPython's protocols 0 to 4 write is read", async () => {
  for (const bytes of byPython) {
    expect(await read(Buffer.from(bytes, 'base64'))).toEqual(
      new Map<unknown, unknown>([
        ['COCO_train2014_000000000009', ['a dog', "it's a café 😀"]],
        [17, ['by number']],
      ]),
    );
  }
});

test("Python 2's byte strings are text, with their escapes and references", async () => {
  const zero = `(dp0\nS'COCO_val2014_000000000042'\np1\n(lp2\nS"it\\'s a caf\\xc3\\xa9"\np3\nag3\nas.`;
  expect(await read(zero)).toEqual(new Map([['COCO_val2014_000000000042', ["it's a café", "it's a café"]]]));
  expect(await read('\x80\x02}q\x00(U\x02abq\x01]q\x02(U\x05a dogT\x03\x00\x00\x00catI01\nNeu.')).toEqual(
    new Map([['ab', ['a dog', 'cat', true, null]]]),
  );
  expect(await read('(I-7\nL12345678901234567890L\nF1.5\nG?\xe0\x00\x00\x00\x00\x00\x00\x8a\x02\x00\xfft.')).toEqual([
    -7,
    12345678901234567890n,
    1.5,
    0.5,
    -256,
  ]);
});

test('a pickle that would call something is refused, and nothing is called', async () => {
  const marker = join(tmpdir(), `latentfill-pickle-${process.pid}`);
  for (const [bytes, command] of [
    [`cos\nsystem\n(S'touch ${marker}'\ntR.`, 'GLOBAL at byte 0'],
    [`\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x05touch\x85R.`, 'STACK_GLOBAL at byte 17'],
    [`(S'touch ${marker}'\nios\nsystem\n.`, 'INST'],
    ['(}}o.', 'OBJ'],
    ['}}b.', 'BUILD'],
    [']]R.', 'REDUCE'],
    ['\x80\x02])\x81.', 'NEWOBJ'],
    ['\x80\x04])}\x92.', 'NEWOBJ_EX'],
    ['\x82\x01.', 'EXT1'],
    ['P1\n.', 'PERSID'],
    ['NQ.', 'BINPERSID'],
  ] as const) {
    await expect(read(bytes)).rejects.toThrow(command);
    await expect(read(bytes)).rejects.toThrow(/^Expected a pickle of plain data in '.*', got the command .*runs code/);
  }
  expect(existsSync(marker)).toBe(false);
});

test('damaged pickles are told of in one sentence', async () => {
  for (const [bytes, came] of [
    ['', /ends too soon/],
    ['}', /ends too soon/],
    ['T\xff\xff\xff\xffabc', /ends too soon/],
    ['\x8d\xff\xff\xff\xff\xff\xff\xff\xff', /ends too soon/],
    ['\x8b\x40\x00\x00\x00'.padEnd(100, 'a'), /more than 16 bytes/],
    ['.', /more values than there are/],
    ['t.', /more values than there are/],
    ['(NNNu.', /more values than there are/],
    ['}(Nu.', /without its value/],
    ['N(NNu.', /no dictionary/],
    ['NNa.', /no list/],
    ['h\x07.', /reference/],
    ['I1e9\n.', /whole number/],
    ['Sabc\n.', /without its quotes/],
    ['\x07.', /unknown command 7 at byte 0/],
    [`(${'}'.repeat(600_000)}t.`, /more than 500000 dictionaries/],
    ['N0'.repeat(4_000_000), /more than 6000000 commands/],
  ] as const) {
    await expect(read(bytes)).rejects.toMatchObject({ name: 'LatentfillError', message: expect.stringMatching(came) });
  }
});
