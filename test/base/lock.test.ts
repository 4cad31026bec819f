import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { lockFolder } from '../../src/base/lock.ts';

let folder: string;
let path: string;
const take = (patience = 0) => lockFolder(folder, { name: '.lock', patience });
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'latentfill-lock-')), 'run');
  path = join(folder, '.lock');
});

/** A process that takes the lock, says so or why it could not, and does as it is told on the line after. */
async function process(then: string): Promise<{ child: ChildProcess; said: string }> {
  const source = new URL('../../src/base/lock.ts', import.meta.url);
  const script = join(folder, '..', `holder-${Math.random()}.mts`);
  writeFileSync(
    script,
    `import { lockFolder } from '${source}';
    await lockFolder('${folder}', { name: '.lock' }).then(() => console.log('taken'), (error) => console.log(error.message));
    ${then}`,
  );
  const child = spawn('node', ['--import', 'tsx', script], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout!, 'data');
  return { child, said: String(said).trim() };
}
const stay = 'setInterval(() => {}, 1000);';

test('of two in one folder the second is refused, and told of the first; another folder is free', async () => {
  {
    await using _first = await take();
    await expect(take()).rejects.toThrow(
      /^Expected '.*run' for this process alone, but process \d+ is writing in it: wait for it, or delete '.*\.lock' if it has ended\.$/,
    );
    await using _other = await lockFolder(`${folder}2`, { name: '.lock' });
  }
  expect(existsSync(folder)).toBe(false); // nothing was written there
  mkdirSync(folder);
  await using _again = await take();
  expect(readdirSync(folder)).toEqual(['.lock']);
});

test('who is patient gets it when it is free', async () => {
  const first = await take();
  const second = take(20);
  await setTimeout(200);
  await first[Symbol.asyncDispose]();
  await (await second)[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});

test('another process holds it until it ends: by itself, or killed', async () => {
  const { child, said } = await process(stay);
  expect(said).toBe('taken');
  await expect(take()).rejects.toThrow(`process ${child.pid} is writing`);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(existsSync(path)).toBe(true);
  await (await take())[Symbol.asyncDispose]();

  const exits = await process('await new Promise((done) => setTimeout(done, 300)); globalThis.process.exit(3);');
  expect(existsSync(path)).toBe(true);
  await once(exits.child, 'close');
  expect(existsSync(path)).toBe(false);
});

test('of many who find what a killed one left, one takes it', async () => {
  const { child } = await process(stay);
  child.kill('SIGKILL');
  await once(child, 'close');
  const all = await Promise.all(Array.from({ length: 6 }, () => process(stay)));
  expect(all.filter(({ said }) => said === 'taken')).toHaveLength(1);
  for (const other of all) other.child.kill('SIGKILL');
});

test('a number that was given to another process since is no holder; one of another machine may be', async () => {
  const first = await take();
  const own = JSON.parse(readFileSync(path, 'utf8'));
  await first[Symbol.asyncDispose]();
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, JSON.stringify({ ...own, host: 'elsewhere' }));
  await expect(take()).rejects.toThrow("of the machine 'elsewhere'");
  if (own.began === null) return; // this system does not tell when processes began
  writeFileSync(path, JSON.stringify({ ...own, began: 'long ago' }));
  await using _second = await take();
  expect(JSON.parse(readFileSync(path, 'utf8')).began).toBe(own.began);
});

test('a lock that cannot be read counts for seconds, and what is no file is told', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, 1, 1);
  await (await take())[Symbol.asyncDispose]();
  mkdirSync(path, { recursive: true });
  await expect(take()).rejects.toThrow(/^Expected a lock in '.*', but EISDIR/);
});

test('of many who find a lock that nobody holds one takes it at a time, and none is left over', async () => {
  const gone = `${JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), began: null, token: 'x' })}\n`;
  for (let round = 0; round < 12; round++) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, gone);
    let [inside, most, entries] = [0, 0, 0];
    const enter = async () => {
      await using _lock = await take(20);
      most = Math.max(most, ++inside);
      entries++;
      await setTimeout(round % 3);
      inside--;
    };
    await Promise.all(Array.from({ length: 6 }, enter));
    expect([most, entries]).toEqual([1, 6]);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  }
});

test('what processes left that were killed while they took a lock over is removed', async () => {
  mkdirSync(folder, { recursive: true });
  for (const name of ['.lock.0123abcd.part', '.lock.part', '.other.lock.0123abcd.part']) {
    writeFileSync(join(folder, name), '');
  }
  await using _ = await take();
  expect(readdirSync(folder).sort()).toEqual(['.lock', '.lock.part', '.other.lock.0123abcd.part']);
});
