/** @file What is in dist, run by a Node of its own: nothing of the tests' is in it. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');

/** Opens the inpainter of a small model in a process of its own, whose number it prints: `inpainter`, and a `hole`. */
const OPENED = `
const children = process.getBuiltinModule('child_process');
const { fork } = children;
children.fork = (...args) => {
  const child = fork(...args);
  console.log('place ' + child.pid);
  return child;
};
const { loadModel, openInpainter, centreHole, image } = await import(${JSON.stringify(pathToFileURL(join(root, 'dist/node.js')))});
const model = await loadModel(${JSON.stringify(join(root, 'models/fashion-32'))});
const hole = { image: image(32, 32, 3, new Float32Array(3 * 32 * 32).fill(0.5)), mask: centreHole(32, 32) };
const inpainter = await openInpainter(model, { where: 'process' });
`;

/** A Node that runs. */
export interface PlainNode {
  readonly pid: number;
  /** The first line of its output that begins with `word`, without it. @throws with what it printed, when it ends before. */
  line(word: string): Promise<string>;
  /** When it has ended, and all that may write to its output with it. */
  readonly closed: Promise<{ readonly code: number | null; readonly signal: string | null; readonly errors: string }>;
}

/** Runs a module in which an inpainter is open in a process of its own, and `hole` is small. */
export function withInpainter(source: string): PlainNode {
  const child = spawn(process.execPath, ['--input-type=module'], { stdio: 'pipe' });
  child.stdin.end(OPENED + source);
  let [out, errors, ended] = ['', '', false];
  const closed: PlainNode['closed'] = new Promise((resolve) =>
    child.once('close', (code, signal) => {
      ended = true;
      resolve({ code, signal, errors });
    }),
  );
  child.stderr.on('data', (text) => {
    errors += text;
  });
  child.stdout.on('data', (text) => {
    out += text;
  });
  return {
    pid: child.pid!,
    closed,
    async line(word) {
      for (;;) {
        const found = new RegExp(`^${word} ?(.*)\\n`, 'm').exec(out);
        if (found) return found[1]!;
        if (ended) throw new Error(`Expected a line '${word}', got '${out}' and '${errors}'.`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

/** Waits until a process is gone. @throws when it is still there after `seconds`. */
export async function gone(pid: number, seconds: number): Promise<void> {
  const last = performance.now() + 1000 * seconds;
  while (runs(pid)) {
    if (performance.now() > last) throw new Error(`Expected process ${pid} to be gone after ${seconds} s: it goes on.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    // One that has ended stays until its parent, or its heir, asks how.
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
