#!/usr/bin/env node
/** @file The `latentfill` command: finds the sub-command and runs it. */

import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { BAD_INPUT, endWith } from './exit-code.ts';
import { checkArguments } from './flags.ts';
import { nearest } from './nearest.ts';
import { guardOutput } from './output-errors.ts';
import { print } from './terminal.ts';

const subCommands: Record<string, () => Promise<CommandDef>> = {
  demo: () => commandOf(import('./demo.ts')),
  inpaint: () => commandOf(import('./inpaint.ts')),
  mask: () => commandOf(import('./mask.ts')),
  data: () => commandOf(import('./data.ts')),
  train: () => commandOf(import('./train.ts')),
  sample: () => commandOf(import('./sample.ts')),
  pick: () => commandOf(import('./pick.ts')),
  export: () => commandOf(import('./export.ts')),
  import: () => commandOf(import('./import.ts')),
  fit: () => commandOf(import('./fit.ts')),
  eval: () => commandOf(import('./eval.ts')),
  sweep: () => commandOf(import('./sweep.ts')),
  inspect: () => commandOf(import('./inspect.ts')),
};

const main = defineCommand({
  meta: { name: 'latentfill', description: 'Fill holes in images by searching the latent space of a GAN.' },
  subCommands,
});

/** Each command has its own type of arguments; here they are all alike. */
async function commandOf(module: Promise<{ default: unknown }>): Promise<CommandDef> {
  return (await module).default as CommandDef;
}

async function usage(command: CommandDef, parent?: CommandDef): Promise<void> {
  const text = (await renderUsage(command, parent)).replace(/ +$/gm, '');
  console.log(process.stdout.isTTY ? text : stripVTControlCharacters(text));
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

async function run(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v') {
    print(version());
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h') {
    await usage(main);
    return name === undefined ? BAD_INPUT : 0;
  }
  if (!Object.hasOwn(subCommands, name)) {
    const near = nearest(name, Object.keys(subCommands));
    const help = near === undefined ? 'see latentfill --help' : `did you mean '${near}'? See latentfill --help`;
    throw new LatentfillError(
      'command',
      `Expected one of the commands ${Object.keys(subCommands).join(', ')}, got '${name}': ${help}.`,
    );
  }
  const command = await subCommands[name]!();
  if (rest.includes('--help') || rest.includes('-h')) {
    await usage(command, main);
    return 0;
  }
  checkArguments(rest, command.args as ArgsDef);
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
  process.exitCode = endWith(error);
}
