import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const program = join(import.meta.dirname, '../../../dist/data/formats/parquet-process.js');

test('a signal is left to the process that asks', async () => {
  const child = fork(program, [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit');
  const ask = () => {
    child.send({ kind: 'describe', path: '/nowhere.parquet' });
    return Promise.race([once(child, 'message'), ended]);
  };
  const answered = [{ error: expect.stringContaining('ENOENT') }, undefined];
  try {
    expect(await ask()).toEqual(answered);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      child.kill(signal);
      expect(await ask()).toEqual(answered);
    }
  } finally {
    child.kill('SIGKILL');
  }
});
