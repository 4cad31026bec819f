#!/usr/bin/env node
/** @file The `latentfill` command: finds the sub-command, turns errors into one sentence. */

import { stripVTControlCharacters } from 'node:util';
import { type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { guardOutput } from './output-errors.ts';

const subCommands: Record<string, () => Promise<CommandDef>> = {
  inpaint: () => commandOf(import('./inpaint.ts')),
  data: () => commandOf(import('./data.ts')),
  train: () => commandOf(import('./train.ts')),
  sample: () => commandOf(import('./sample.ts')),
  pick: () => commandOf(import('./pick.ts')),
  export: () => commandOf(import('./export.ts')),
  import: () => commandOf(import('./import.ts')),
  inspect: () => commandOf(import('./inspect.ts')),
};

const main = defineCommand({
  meta: { name: 'latentfill', description: 'Fill holes in images by searching the latent space of a GAN.' },
  subCommands,
});

/** Bad input: the user can mend it. */
const BAD_INPUT = 2;
/** A fault of ours. */
const FAULT = 1;

/** Each command has its own type of arguments; here they are all alike. */
async function commandOf(module: Promise<{ default: unknown }>): Promise<CommandDef> {
  return (await module).default as CommandDef;
}

async function usage(command: CommandDef, parent?: CommandDef): Promise<string> {
  const text = (await renderUsage(command, parent)).replace(/ +$/gm, '');
  return process.stdout.isTTY ? text : stripVTControlCharacters(text);
}

async function run(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(await usage(main));
    return name === undefined ? BAD_INPUT : 0;
  }
  if (!Object.hasOwn(subCommands, name)) {
    throw new LatentfillError(
      `Expected one of the commands ${Object.keys(subCommands).join(', ')}, got '${name}': see latentfill --help.`,
    );
  }
  const command = await subCommands[name]!();
  if (rest.includes('--help') || rest.includes('-h')) {
    console.log(await usage(command, main));
    return 0;
  }
  await runCommand(command, { rawArgs: rest });
  return Number(process.exitCode ?? 0);
}

let failed = false;
guardOutput(() => {
  failed = true;
  process.exitCode = BAD_INPUT;
});
try {
  const code = await run(process.argv.slice(2));
  process.exitCode = failed ? BAD_INPUT : code;
} catch (error) {
  const expected = error instanceof LatentfillError || (error instanceof Error && error.name === 'CLIError');
  console.error(expected ? `latentfill: ${(error as Error).message}` : error);
  process.exitCode = expected ? BAD_INPUT : FAULT;
}
