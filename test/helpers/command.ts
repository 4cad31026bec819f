/** @file Runs the built command as a user does, without blocking the test. */

import { execFile } from 'node:child_process';

const cli = new URL('../../dist/cli/main.js', import.meta.url).pathname;

/** How a command ended. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `latentfill` with `args` in the folder `cwd`. */
export function runIn(cwd: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('node', [cli, ...args], { cwd }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}
