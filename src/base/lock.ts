/** @file A folder that one process at a time writes in. Node only. */

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LatentfillError } from './errors.ts';
import { reasonOf } from './write-whole.ts';

/** Settings of {@link lockFolder}. */
export interface LockOptions {
  /** The lock's file within the folder. */
  readonly name: string;
  /** How long to wait for another process to let go, in seconds. @default 0 */
  readonly patience?: number;
}

/** Who holds a lock. A number of a process is given again after its end; with the time of its start it is not. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as its system tells it; null: it does not. */
  readonly began: string | null;
  readonly token: string;
}

/** Locks that this process holds, by what releases them: one listener for all, since Node takes many for a leak. */
const atExit = new Set<() => void>();
const releaseAll = () => {
  for (const release of atExit) release();
};

/** How long an unreadable lock counts: its holder writes it at once after making it. */
const UNREADABLE_MS = 5000;

/**
 * Takes a folder's lock, a file in it; the folder is made if there is none. The lock goes when it is disposed of and when
 * the process ends; one that a killed process left is recognised by its number and the time of its start, and taken over.
 * @throws LatentfillError when another process holds it, or may hold it on another machine, and when it cannot be written.
 */
export async function lockFolder(folder: string, { name, patience = 0 }: LockOptions): Promise<AsyncDisposable> {
  const path = join(folder, name);
  const own: Holder = { pid: process.pid, host: hostname(), began: await beginOf(process.pid), token: token() };
  const text = `${JSON.stringify(own)}\n`;
  const make = async (again = 3): Promise<string | undefined> => {
    try {
      return await mkdir(folder, { recursive: true });
    } catch (cause) {
      // Who held it took the folder away just when it was found to be there.
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && again > 0) return make(again - 1);
      throw new LatentfillError('file', `Expected to write in '${folder}', but ${reasonOf(cause)}.`, { cause });
    }
  };
  let made = await make();
  const last = performance.now() + 1000 * patience;
  while (!(await create(path, text))) {
    made ??= await make(); // who held it may have taken the folder away with it
    const found = await read(path);
    if (found === undefined) continue; // it has just gone
    const holder = parseHolder(found);
    if (holder ? await isGone(holder) : await isOld(path)) await takeAway(path, found);
    else if (performance.now() < last || !holder) await setTimeout(50);
    else throw held(folder, path, holder, own);
  }
  const release = () => {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) rmSync(path, { force: true });
  };
  atExit.add(release);
  if (atExit.size === 1) process.on('exit', releaseAll);
  return {
    async [Symbol.asyncDispose]() {
      atExit.delete(release);
      if (atExit.size === 0) process.off('exit', releaseAll);
      release();
      if (made !== undefined) await rmdir(folder).catch(() => {}); // it stays where anything was written
    },
  };
}

/** Makes the lock's file; false where it is there already, or its folder is not. */
async function create(path: string, text: string): Promise<boolean> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx');
    await file.writeFile(text);
    return true;
  } catch (cause) {
    if (file) await rm(path, { force: true }).catch(() => {});
    if (/^(EEXIST|ENOENT)$/.test((cause as NodeJS.ErrnoException).code ?? '')) return false;
    throw new LatentfillError('file', `Expected to write '${path}', but ${reasonOf(cause)}.`, { cause });
  } finally {
    await file?.close().catch(() => {});
  }
}

/** The lock's text; undefined where it has gone. */
async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LatentfillError('file', `Expected a lock in '${path}', but ${(cause as Error).message}: remove it.`, {
      cause,
    });
  }
}

/**
 * Removes a lock that nobody holds. Of all who find it only one does: who makes the marker of this very lock, and sees it still
 * there. Nobody else may then remove it, so what is removed is never the lock of another that came meanwhile.
 */
async function takeAway(path: string, found: string): Promise<void> {
  const marker = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 8)}.part`;
  if (!(await create(marker, ''))) {
    if (await isOld(marker))
      await rm(marker, { force: true }); // its maker was killed
    else await setTimeout(10);
    return;
  }
  try {
    if ((await read(path)) === found) await rm(path, { force: true });
  } finally {
    await rm(marker, { force: true });
  }
}

function held(folder: string, path: string, { pid, host }: Holder, own: Holder): LatentfillError {
  const who = host === own.host ? `process ${pid}` : `process ${pid} of the machine '${host}'`;
  return new LatentfillError(
    'locked',
    `Expected '${folder}' for this process alone, but ${who} is writing in it: wait for it, or delete '${path}' if it has ended.`,
  );
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, began, token } = JSON.parse(text);
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, began: began ?? null, token } : undefined;
  } catch {
    return undefined;
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Math.abs(Date.now() - found.mtimeMs) > UNREADABLE_MS;
}

/** Whether a holder has ended; of another machine that cannot be told, and it counts as there. */
async function isGone({ pid, host, began }: Holder): Promise<boolean> {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0); // sends nothing
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = await beginOf(pid);
  return began !== null && now !== null && began !== now;
}

/** When a process began: on Linux in ticks since a boot that is named too, elsewhere as a date. */
async function beginOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      const [stats, boot] = [await readFile(`/proc/${pid}/stat`, 'utf8'), '/proc/sys/kernel/random/boot_id'];
      // The second field is the command in brackets and may hold anything; the start is the 22nd.
      return `${stats.slice(stats.lastIndexOf(')') + 2).split(' ')[19]} ${(await readFile(boot, 'utf8')).trim()}`;
    }
    const [command, ...args] =
      process.platform === 'win32'
        ? ['powershell', '-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`]
        : ['ps', '-o', 'lstart=', '-p', `${pid}`];
    const { stdout } = await promisify(execFile)(command!, args, {
      timeout: 10_000,
      env: { ...process.env, LC_ALL: 'C' },
    });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

function token(): string {
  return randomBytes(4).toString('hex');
}
