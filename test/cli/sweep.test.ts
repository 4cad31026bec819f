import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { centreHole } from '../../src/image/holes.ts';
import { image } from '../../src/image/image.ts';
import { writeImage } from '../../src/image/image-file.ts';
import { presets } from '../../src/inpaint/presets.ts';
import { runIn } from '../helpers/command.ts';

const face = new URL('../../models/toon-64/heldout/0.png', import.meta.url).pathname;
let dir = '';
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-sweep-'));
  await writeImage(join(dir, 'mask.png'), image(64, 64, 1, centreHole(64, 64).data));
});
afterAll(() => rmSync(dir, { recursive: true }));

const run = (...args: string[]) => runIn(dir, args);
const sweep = (...args: string[]) =>
  run('sweep', 'toon-64', '--data', 'toon', '--steps', '6', '--screen', '16', '--masks', 'center,strokes', ...args);

test('a sweep ranks its settings, goes on where it was, and writes a report and a preset that inpaint reads', {
  timeout: 240_000,
}, async () => {
  const args = ['--learning-rate', '0.0001,0.1', '--norm', 'l1,l2', '--restarts', '2', '--count', '4', '--out', 'one'];
  const { code, stdout, stderr } = await sweep(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  const { by, best, ranking } = JSON.parse(stdout);
  expect([by, ranking.length, best.learningRate]).toEqual(['hole', 4, 0.1]); // no step at all is not the best
  const means = ranking.map(({ figures }: { figures: { hole: { own: { mean: number } } } }) => figures.hole.own.mean);
  expect(means).toEqual(means.toSorted((a: number, b: number) => b - a));
  expect(ranking[0].figures.hole.difference).toBeNull();
  expect(ranking[3].figures.hole.difference.mean).toBeCloseTo(means[3] - means[0], 9);
  const lines = readFileSync(join(dir, 'one/results.jsonl'), 'utf8');
  const again = await sweep(...args);
  expect(again.stdout).toMatch(/^setting .*\n.*learningRate=0.1.* best\n/);
  expect(readFileSync(join(dir, 'one/results.jsonl'), 'utf8')).toBe(lines);

  const preset = JSON.parse(readFileSync(join(dir, 'one/preset.json'), 'utf8'));
  expect(preset).toEqual({ ...presets.default, ...best, effort: 'normal', steps: 6, screen: 16, restarts: 2 });
  const page = readFileSync(join(dir, 'one/report.html'), 'utf8');
  expect(page.match(/<svg class="heat"/g)).toBeNull(); // one option of numbers alone
  expect(page.match(/<figure>/g)!.length).toBe(5);
  const flags = Object.entries(best).flatMap(([option, value]) => [
    option === 'learningRate' ? '--learning-rate' : `--${option}`,
    `${value}`,
  ]);
  const fill = (...more: string[]) => run('inpaint', face, '--mask', 'mask.png', '--out', 'out.png', '--json', ...more);
  const [byFile, byFlags] = [
    await fill('--preset', 'one/preset.json'),
    await fill(...flags, '--steps', '6', '--screen', '16', '--restarts', '2'),
  ];
  expect(JSON.parse(byFile.stdout).losses).toEqual(JSON.parse(byFlags.stdout).losses);
});

test('two options of numbers make a heat map; successive halving tries the better settings on more pictures', {
  timeout: 240_000,
}, async () => {
  const args = [
    '--lambda',
    '1e-3,1',
    '--learning-rate',
    '1e-5..0.1/2',
    '--restarts',
    '1',
    '--count',
    '8',
    '--successive',
  ];
  const { code, stdout } = await sweep(...args, '--by', 'ssimHole', '--out', 'two', '--json');
  expect(code).toBe(0);
  const { ranking } = JSON.parse(stdout);
  expect(ranking.map(({ count }: { count: number }) => count)).toEqual([8, 8, 4, 4]);
  const means = ranking.map(
    ({ figures }: { figures: { ssimHole: { own: { mean: number } } } }) => figures.ssimHole.own.mean,
  );
  expect(means[0]).toBeGreaterThanOrEqual(means[1]);
  expect(means[2]).toBeGreaterThanOrEqual(means[3]);
  const lines = readFileSync(join(dir, 'two/results.jsonl'), 'utf8').trim().split('\n').slice(1);
  expect(lines.length).toBe(2 * (2 * 8 + 2 * 4)); // two holes
  const page = readFileSync(join(dir, 'two/report.html'), 'utf8');
  expect(page.match(/<rect [^>]*>/g)!.length).toBe(4);
  expect(page).toMatch(/class="best"/);
});

test.each([
  [['--lambda', '1'], /Expected an option with several values, as --lambda 1e-6..1e-1, got none/],
  [['--lambda', 'a,b'], /Expected a number for --lambda, got 'a'/],
  [['--window', '4,5'], /--window: expected 0 or an odd number from 3/],
  [['--norm', 'l1,l2', '--by', 'seam'], /Expected --by hole, /],
  [['--norm', 'l1,l2', '--count', '0'], /Expected --count of at least 1, got 0/],
  [
    ['--norm', 'l1,l2', '--preset', 'nope'],
    /Expected a preset of default, .*, or a JSON file of options for --preset, got 'nope'/,
  ],
  [['--norm', 'l1,l2', '--preset', 'bad.json'], /'lamda': there is no such option/],
] as const)('%j is refused in a sentence, and nothing is written', async (flags, sentence) => {
  writeFileSync(join(dir, 'bad.json'), '{"lamda": 1}');
  const { code, stderr, stdout } = await run('sweep', 'toon-64', '--data', 'toon', '--out', 'none', ...flags);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(existsSync(join(dir, 'none'))).toBe(false);
});
