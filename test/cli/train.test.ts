/** The built `latentfill train`, run as a user runs it. `npm test` builds the command first. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeImage } from '../../src/image/image-file.ts';
import { noisePicture } from '../helpers/pictures.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
const sizes = ['--size', '16', '--width', '4', '--latent', '8', '--batch', '4'];
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-train-'));
});
const train = (...args: string[]) =>
  spawnSync('node', [cli, 'train', '--out', 'run', ...sizes, ...args], { encoding: 'utf8', cwd: dir });

async function pictures(count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    await writeImage(join(dir, 'pictures', `frame${String(i).padStart(3, '0')}.png`), noisePicture(16, 16, i));
  }
}

test('says first how many pictures are held out; without any, the model is written and the reason told', async () => {
  await pictures(20);
  const some = train('--data', 'pictures', '--epochs', '1');
  expect(some).toMatchObject({ status: 0 });
  expect(some.stderr).toMatch(/^latentfill: 18 images to train on, 2 held out\n/);

  dir = mkdtempSync(join(tmpdir(), 'latentfill-train-'));
  await pictures(8);
  const none = train('--data', 'pictures', '--epochs', '1');
  expect(none).toMatchObject({ status: 0 });
  expect(none.stderr).toMatch(/^latentfill: 8 images to train on, none held out: Expected .* got only 8: add some\.\n/);
  expect(none.stderr).toMatch(/latentfill: Nothing is held out, so the discriminator is not calibrated/);
  expect(existsSync(join(dir, 'run/model/model.json'))).toBe(true);
});

describe('output that cannot be written', () => {
  const short = `node ${cli} train --out run ${sizes.join(' ')} --images 16 --epochs 3 --checkpoint-every 1`;
  const shell = (command: string) => {
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8', cwd: dir });
    return { stdout, stderr };
  };

  test('a reader that has had enough takes no training along', () => {
    const { stdout, stderr } = shell(`${short} | head -1; echo "\${PIPESTATUS[0]}"`);
    expect(stdout).toMatch(/^epoch 1: checkpoint written.*\n0\n$/);
    expect(stderr).toBe('latentfill: 16 images to train on, 1000 held out\n');
    expect(readdirSync(join(dir, 'run/checkpoints'))).toHaveLength(3);
    expect(existsSync(join(dir, 'run/model/model.json'))).toBe(true);
    expect(shell(`node ${cli} --help | true; echo "\${PIPESTATUS[0]}"`)).toEqual({ stdout: '0\n', stderr: '' });
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is told once, and the work is done', () => {
    const { stdout, stderr } = shell(`(${short} > /dev/full); echo $?`);
    expect(stdout).toBe('2\n');
    expect(stderr.match(/^latentfill: .*$/gm)!.slice(1)).toEqual([
      'latentfill: Expected to write to the standard output, but the disk is full: free some space or choose another place.',
    ]);
    expect(existsSync(join(dir, 'run/model/model.json'))).toBe(true);
    expect(shell(`(node ${cli} --help > /dev/full 2> /dev/full); echo $?`).stdout).toBe('2\n');
  });
});

test.each(['null', '[{"size": 16}]', '3'])('a recipe that is %s is none', (text) => {
  writeFileSync(join(dir, 'recipe.json'), text);
  const { status, stderr } = train('--recipe', 'recipe.json');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `latentfill: Expected an object in the recipe 'recipe.json', got ${text.replace(' ', '')}.\n`,
  });
});

test('of two in one folder one trains; the other is refused and leaves it alone', async () => {
  const args = ['--images', '64', '--epochs', '6', '--checkpoint-every', '2'];
  const both = await Promise.all(
    [1, 2].map(async (seed) => {
      const child = spawn('node', [cli, 'train', '--out', 'run', ...sizes, ...args, '--seed', `${seed}`], { cwd: dir });
      let stderr = '';
      child.stderr.on('data', (data) => {
        stderr += data;
      });
      const [status] = await once(child, 'close');
      return { status, stderr, seed };
    }),
  );
  const [done, refused] = both.sort((a, b) => a.status - b.status);
  expect([done!.status, refused!.status]).toEqual([0, 2]);
  expect(refused!.stderr).toMatch(/Expected 'run' for this process alone, but process \d+ is writing|'run' holds one/);
  expect(JSON.parse(readFileSync(join(dir, 'run/recipe.json'), 'utf8')).seed).toBe(done!.seed);
  const lines = readFileSync(join(dir, 'run/log.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).cycle)).toEqual(lines.map((_, i) => i + 1));
  expect(readdirSync(join(dir, 'run')).filter((name) => name.startsWith('.'))).toEqual([]);
});

/** Trains until `when`, then interrupts; the last thing that is said. */
async function interrupted(args: readonly string[], when: (stderr: string) => boolean): Promise<string> {
  const child = spawn('node', [cli, 'train', ...args], { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  while (!when(stderr) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  expect(await closed, stderr).toEqual([130, null]);
  return stderr.split('\n').at(-2)!;
}

test('interrupted, it says how to go on, which then works', async () => {
  await pictures(40);
  const args = ['--out', 'run', ...sizes, '--data', 'pictures', '--epochs', '4000', '--checkpoint-every', '4'];
  const files = (folder: string) => (existsSync(join(dir, folder)) ? readdirSync(join(dir, folder)) : []);
  const checkpoints = () => files('run/checkpoints').filter((name) => name.endsWith('.safetensors')).length;

  const atOnce = await interrupted(args, (stderr) => stderr.includes('to train on'));
  const begun = files('run').includes('recipe.json');
  if (!begun) expect([atOnce, files('run')]).toEqual(['latentfill: Interrupted: nothing was begun.', []]);
  const goOn = "latentfill: Interrupted: go on with 'latentfill train --out run --resume'.";
  expect(await interrupted(args, () => checkpoints() > 0)).toBe(goOn);
  const before = checkpoints();
  expect(await interrupted(['--out', 'run', '--resume'], () => checkpoints() > before)).toBe(goOn);
  expect(files('run').filter((name) => name.startsWith('.'))).toEqual([]);
});
