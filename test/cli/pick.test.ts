/** The built `latentfill pick`, run as a user runs it. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../src/model/folder.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
const dir = mkdtempSync(join(tmpdir(), 'latentfill-pick-'));
const latentfill = (command: string) => {
  const { status, stdout, stderr } = spawnSync('node', [cli, ...command.split(' ')], { encoding: 'utf8', cwd: dir });
  return { status, stdout, stderr };
};

beforeAll(() => {
  const sizes = '--size 16 --width 4 --latent 8 --batch 8 --images 64 --epochs 2 --checkpoint-every 1';
  expect(latentfill(`train --out run ${sizes}`).status).toBe(0);
});

test('ranks the checkpoints and writes the best as a model', async () => {
  const { status, stdout } = latentfill('pick run --count 64');
  expect(status).toBe(0);
  const [heading, ...rows] = stdout.split('\n');
  expect(heading).toMatch(/epoch +distance +near training/);
  expect(rows.slice(0, 2).map((row) => /^(→|) *(\d)/.exec(row)![1])).toEqual(['→', '']);
  const best = Number(/→ +(\d)/.exec(stdout)![1]);
  expect(stdout).toContain(`epoch ${best} written to run/model`);
  const { card } = await loadModel(join(dir, 'run/model'));
  expect([card.name, card.training!.epoch]).toEqual(['run', best]);
  expect(readFileSync(join(dir, 'run/ranking.html'), 'utf8')).toContain('data:image/jpeg;base64,');
  expect(existsSync(join(dir, 'run/report.html'))).toBe(true);
});

test('writes the checkpoint that is asked for, and tells all in one line of JSON', async () => {
  const { status, stdout } = latentfill('pick run --count 64 --epoch 1 --out chosen --name mine --json');
  expect(status).toBe(0);
  const { epoch, model, ranking } = JSON.parse(stdout);
  expect({ epoch, model }).toEqual({ epoch: 1, model: 'chosen' });
  expect(ranking).toHaveLength(2);
  expect(ranking[0].distance.value).toBeLessThanOrEqual(ranking[1].distance.value);
  expect((await loadModel(join(dir, 'chosen'))).card.training!.epoch).toBe(1);
});

test.each([
  ['pick run --epoch 7', "Expected --epoch of a checkpoint in 'run', got 7: there are 1, 2."],
  ['pick run --count 3', 'Expected --count of at least 16'],
  ['pick run --captions --count 64', 'rank without captions'],
  ['pick nowhere', 'recipe'],
])('%s ends in a sentence', (command, sentence) => {
  const { status, stderr } = latentfill(command);
  expect(status).toBe(2);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(sentence);
});
