/** `latentfill eval --judge` as a user runs it. `npm test` builds the command first. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openToon } from '../../src/data/sources/toon.ts';
import { writeOnnx } from '../../src/graph/onnx/write.ts';
import { add, mul } from '../../src/graph/ops/elementwise.ts';
import { mean } from '../../src/graph/ops/reduce.ts';
import { constant, input } from '../../src/graph/value.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
const args = ['--data', 'toon', '--masks', 'center', '--methods', 'mean', '--count', '1', '--out', 'out'];
let dir: string;
const evaluate = (...more: string[]) => {
  const all = [cli, 'eval', 'toon-64', ...args, ...more];
  const { status, stdout, stderr } = spawnSync('node', all, { encoding: 'utf8', cwd: dir });
  return { status, stdout, stderr };
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-eval-judge-'));
});

/** A judge that says the second value of its attribute of any picture. */
function writeStubborn(name: string, attribute: string, values: readonly [string, string]): void {
  mkdirSync(join(dir, name));
  const seen = mul(mean(input('image', [1, 3, 4, 4]), [2, 3]), 0);
  const logits = add(mean(seen, [1], { keep: true }), constant(Float32Array.of(0, 1), [1, 2]));
  writeFileSync(join(dir, name, 'judge.onnx'), writeOnnx({ logits }, { batch: 'N' }));
  writeFileSync(join(dir, name, 'judge.json'), JSON.stringify({ size: 4, heads: [{ attribute, values }] }));
}

test('the table has the attributes that fills keep where a judge is given, and only there', () => {
  const { hair } = openToon({ size: 64, split: 'heldout', count: 1 }).attributes!(0);
  writeStubborn('judge', 'hair', ['none of them', hair!]);
  const judged = evaluate('--judge', 'judge');
  expect(judged).toMatchObject({ status: 0, stderr: '' });
  const [head, line] = judged.stdout.split('\n');
  expect(head).toMatch(/ feature distance +attributes +s\/fill$/);
  expect(line).toMatch(/^center .* 100 +\d+\.\d\d$/);
  expect(evaluate().stdout).not.toContain('attributes');
});

test('a judge that is none, or has nothing to ask of the data, ends before anything is filled', () => {
  expect(evaluate('--judge', 'nowhere')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^latentfill: Expected a judge in 'nowhere' .*: check the folder\.\n$/),
  });
  writeStubborn('hats', 'hat', ['a hat', 'none']);
  expect(evaluate('--judge', 'hats')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^latentfill: Expected data that name hat as the judge has them, got 'toon' without/),
  });
  expect(existsSync(join(dir, 'out'))).toBe(false);
});
