/** @file A lock file, so that only one process at a time writes in a folder. Node only. */

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LatentfillError } from './errors.ts';
import { reasonOf } from './write-whole.ts';

/** Settings of {@link lockFolder}. */
export interface LockOptions {
  /** The name of the lock file in the folder. */
  readonly name: string;
  /** How long to wait for another process to release the lock, in seconds. @default 0 */
  readonly patience?: number;
}

/** The process that holds a lock. Process ids are reused, so the start time is needed to identify it. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** The start time of the process in its system's format; null if that is unknown. */
  readonly began: string | null;
  readonly token: string;
}

/**
 * Functions that release the locks of this process. One exit listener calls all, since Node warns of many listeners.
 */
const atExit = new Set<() => void>();
const releaseAll = () => {
  for (const release of atExit) release();
};

/** Age, in ms, from which an unreadable lock file is stale: its holder writes it right after creating it. */
const UNREADABLE_MS = 5000;

/**
 * Locks a folder by a file in it; creates the folder if it is missing. The lock is released when it is disposed of, or
 * when the process exits. A stale lock of a killed process is recognised by process id and start time, and is taken
 * over.
 * @throws LatentfillError when another process holds the lock, or may hold it on another host, or when it cannot be
 * written.
 */
export async function lockFolder(folder: string, { name, patience = 0 }: LockOptions): Promise<AsyncDisposable> {
  const path = join(folder, name);
  const own: Holder = { pid: process.pid, host: hostname(), began: await beginOf(process.pid), token: token() };
  const text = `${JSON.stringify(own)}\n`;
  const make = async (again = 3): Promise<string | undefined> => {
    try {
      return await mkdir(folder, { recursive: true });
    } catch (cause) {
      // The last holder has removed the folder after `mkdir` found it.
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && again > 0) return make(again - 1);
      throw new LatentfillError('file', `Expected to write in '${folder}', but ${reasonOf(cause)}.`, { cause });
    }
  };
  let made = await make();
  const last = performance.now() + 1000 * patience;
  while (!(await create(path, text))) {
    made ??= await make(); // the last holder may have removed the folder with the lock
    const found = await read(path);
    if (found === undefined) continue; // just released
    const holder = parseHolder(found);
    if (holder ? await isGone(holder) : await isOld(path)) await takeAway(path, found);
    else if (performance.now() < last || !holder) await setTimeout(50);
    else throw held(folder, path, holder, own);
  }
  await removeMarkers(folder, name);
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
      if (made !== undefined) await rmdir(folder).catch(() => {}); // fails, as it should, if the folder is not empty
    },
  };
}

/** Creates the lock file; false if it exists already, or its folder does not. */
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

/** The text of the lock file; undefined if it does not exist. */
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
 * Removes a stale lock. Several processes may find the same one, so each first tries to create a marker file named
 * after the lock's content. Only the process that succeeds, and then still finds the same lock, removes it. Thus a new
 * lock, which another process has taken meanwhile, is never removed.
 */
async function takeAway(path: string, found: string): Promise<void> {
  const marker = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 8)}.part`;
  if (!(await create(marker, ''))) {
    if (await isOld(marker))
      await rm(marker, { force: true }); // the process that created it was killed
    else await setTimeout(10);
    return;
  }
  try {
    if ((await read(path)) === found) await rm(path, { force: true });
  } finally {
    await rm(marker, { force: true });
  }
}

/**
 * Removes the markers that processes left which were killed in {@link takeAway}. No lock has the content again that a marker is
 * named after, so that one which is still in use is not missed.
 */
async function removeMarkers(folder: string, name: string): Promise<void> {
  const isMarker = (file: string) =>
    file.startsWith(`${name}.`) && /^[0-9a-f]{8}\.part$/.test(file.slice(name.length + 1));
  for (const file of await readdir(folder).catch(() => [])) {
    if (isMarker(file)) await rm(join(folder, file), { force: true }).catch(() => {});
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

/** Whether a holder has ended. On another host this is unknown, and the holder counts as running. */
async function isGone({ pid, host, began }: Holder): Promise<boolean> {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0); // signal 0 only checks that the process exists
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = await beginOf(pid);
  return began !== null && now !== null && began !== now;
}

/** The start time of a process: on Linux in ticks since boot, with the boot's id; elsewhere a date. */
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
