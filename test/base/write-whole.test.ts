import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { append, removeLeftovers, writeWhole } from '../../src/base/write-whole.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
});

test('writes a file whole, makes its folders, leaves nothing beside it', async () => {
  const path = join(folder, 'a', 'b.txt');
  await writeWhole(path, 'one');
  await writeWhole(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(join(folder, 'a'))).toEqual(['b.txt']);
});

test('a write that fails leaves the old file and no new one', async () => {
  mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
  await expect(writeWhole(join(folder, 'taken'), 'x')).rejects.toThrow(/^Expected to write .*taken.*half-written\.$/);
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('an aborted write leaves the old file as it was', async () => {
  const path = join(folder, 'kept.bin');
  writeFileSync(path, 'old');
  const controller = new AbortController();
  const writing = writeWhole(path, new Uint8Array(64 << 20), controller.signal);
  controller.abort(new Error('stop'));
  await expect(writing).rejects.toThrow('stop');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['kept.bin']);
});

const mounted = (() => {
  const probe = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt']);
  return probe.status === 0;
})();

test.skipIf(!mounted)('a full disk (ENOSPC) is told in one sentence and leaves nothing behind', () => {
  const script = `
    import { writeWhole } from '${new URL('../../src/base/write-whole.ts', import.meta.url)}';
    import { readdirSync } from 'node:fs';
    await writeWhole('/mnt/big.bin', new Uint8Array(1 << 20)).catch((e) => console.log(e.message));
    console.log(JSON.stringify(readdirSync('/mnt')));`;
  const file = join(folder, 'full.mts');
  writeFileSync(file, script);
  const inside = `mount -t tmpfs -o size=64k tmpfs /mnt && npx tsx ${file}`;
  const lines = execFileSync('unshare', ['-m', 'sh', '-c', inside], {
    encoding: 'utf8',
    cwd: join(import.meta.dirname, '../..'),
  });
  expect(lines).toContain('the disk is full');
  expect(lines.trim().endsWith('[]')).toBe(true);
});

test('what a killed write left is removed, and nothing else', async () => {
  for (const name of ['.a.bin.0123abcd.part', 'a.bin', '.hidden', 'b.part']) writeFileSync(join(folder, name), 'x');
  await removeLeftovers(folder);
  expect(readdirSync(folder).sort()).toEqual(['.hidden', 'a.bin', 'b.part']);
  await removeLeftovers(join(folder, 'nowhere'));
});

test('what cannot be added to a file is told in a sentence', () => {
  append(join(folder, 'log'), 'one\n');
  append(join(folder, 'log'), 'two\n');
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('one\ntwo\n');
  expect(() => append(folder, 'x')).toThrow(
    /^Expected to add to '.*', but a folder or file of that name is in the way\.$/,
  );
});
