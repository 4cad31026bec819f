/** @file Exit codes: of interrupted commands, of bad input, and of bugs. */

import { LatentfillError } from '../base/errors.ts';
import { inFlags } from './flags.ts';
import { say } from './terminal.ts';

/** Exit codes of errors: bad input, which the user can correct, and bugs. */
export const BAD_INPUT = 2;
const FAULT = 1;
/** 128 plus the signal's number, as in shells. */
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

const ISSUES = 'https://github.com/latentfill/latentfill/issues';

let interruptedBy: keyof typeof INTERRUPTED | undefined;

/** Aborted by the first Ctrl-C (SIGTERM too), for the reason at that moment; the second ends the process. */
export function interruptSignal(reason: string | (() => string)): AbortSignal {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const stop = (name: keyof typeof INTERRUPTED) => {
    interruptedBy = name;
    for (const each of names) process.off(each, stop);
    const sentence = typeof reason === 'function' ? reason() : reason;
    controller.abort(new LatentfillError('interrupted', `Interrupted: ${sentence}.`));
  };
  for (const name of names) process.on(name, stop);
  return controller.signal;
}

/** Prints the error that ended a command, and returns the exit code. */
export function endWith(error: unknown): number {
  if (error instanceof LatentfillError) {
    say(inFlags(error.message));
    return error.code === 'interrupted' ? INTERRUPTED[interruptedBy ?? 'SIGINT'] : BAD_INPUT;
  }
  say(`This is a fault of latentfill, not of what you gave it: please report it at ${ISSUES}, with what stands below.`);
  console.error(error);
  return FAULT;
}
