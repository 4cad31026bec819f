/** `latentfill eval` as a user runs it. `npm test` builds the command first. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { in8Bits } from '../../src/eval/evaluation/cases.ts';
import { meanColour } from '../../src/eval/methods/baselines.ts';
import { mask } from '../../src/image/image.ts';
import { readImage, writeImage } from '../../src/image/image-file.ts';
import { noisePicture } from '../helpers/pictures.ts';
import { withFlags } from '../helpers/with-flags.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
const defaults = ['--data', 'toon', '--masks', 'center,half', '--methods', 'mean', '--count', '2', '--out', 'out'];
let dir: string;
const at = (name: string) => join(dir, name);
const argumentsOf = (args: readonly string[]) => [cli, 'eval', 'toon-64', ...withFlags(defaults, args)];
const evaluate = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('node', argumentsOf(args), { encoding: 'utf8', cwd: dir });
  return { status, stdout, stderr };
};
const linesOf = (out: string) =>
  existsSync(at(`${out}/results.jsonl`)) ? readFileSync(at(`${out}/results.jsonl`), 'utf8').split('\n').length - 1 : 0;
/** The table without what depends on the clock. */
const tableOf = (out: string) => readFileSync(at(`${out}/table.csv`), 'utf8').replace(/^.*,seconds,.*\n/gm, '');
const filesOf = (name: string) =>
  readdirSync(at(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(at(name).length + 1))
    .sort();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-eval-'));
});

const SEARCH = 'steps=4,screen=16,restarts=16'; // four holes fill the rows of a search
const long = ['--methods', `mean,mine:${SEARCH},twin:${SEARCH},blend=paste`, '--count', '6'];

/** Begins an evaluation and ends it when it writes in its folder and has kept so many lines; gives how it ended. */
async function ended(by: 'SIGKILL' | 'SIGINT', lines: number): Promise<{ signal: string | null; stderr: string }> {
  const child = spawn('node', argumentsOf(long), { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  const holds = () =>
    existsSync(at('out/.evaluation.lock')) &&
    readFileSync(at('out/.evaluation.lock'), 'utf8').includes(`"pid":${child.pid},`);
  while (!(holds() && linesOf('out') >= lines) && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 3));
  child.kill(by);
  const [code, signal] = await closed;
  return { signal: signal ?? `${code}`, stderr };
}

test('killed and interrupted, the same command goes on to the same table', async () => {
  expect(evaluate(...long, '--out', 'whole')).toMatchObject({ status: 0, stderr: '' });
  for (const lines of [1, 4, 14, 22]) {
    const before = linesOf('out');
    expect((await ended('SIGKILL', lines)).signal).toBe('SIGKILL');
    expect(linesOf('out')).toBeGreaterThanOrEqual(before);
    expect(existsSync(at('out/table.csv'))).toBe(false);
  }
  const kept = readFileSync(at('out/results.jsonl'), 'utf8');
  expect(await ended('SIGINT', 0)).toEqual({
    signal: '130',
    stderr: 'latentfill: Interrupted: what was filled is kept; the same command goes on.\n',
  });
  const { status, stdout, stderr } = evaluate(...long);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(tableOf('out')).toBe(tableOf('whole'));
  expect(readFileSync(at('out/results.jsonl'), 'utf8').startsWith(kept.slice(0, kept.lastIndexOf('\n')))).toBe(true);
  expect(linesOf('out')).toBe(37);
  expect(filesOf('out').filter((name) => /\.part$|\.lock/.test(name))).toEqual([]);
  expect(stdout).toMatch(/^holes +method +n +hole PSNR +beside mean .*\n(center|half|all) /);
  expect(stdout).toMatch(/^all +twin +6 .*\nmeans and 95 % intervals; all of it: out.report\.html, table\.md/m);
}, 120_000);

test('exported holes that another program fills, here with the mean colour, get the figures of our own mean', async () => {
  const exported = evaluate('--export-holes', 'holes', '--count', '3');
  expect(exported).toMatchObject({ status: 0, stderr: '' });
  expect(exported.stdout).toMatch(/^holes: 3 pictures with 2 holes each; fill holes\/PROTOCOL\/0000\.png/);
  const places = ['center', 'half'].flatMap((protocol) => [0, 1, 2].map((i) => `${protocol}/000${i}.png`));
  expect(filesOf('.')).toEqual(
    [
      ...places.flatMap((place) => [`holes/holes/${place}`, `holes/masks/${place}`]),
      ...[0, 1, 2].map((i) => `holes/pictures/000${i}.png`),
    ].sort(),
  );
  for (const place of places) {
    const { image: picture } = await readImage(at(`holes/holes/${place}`));
    const { image: shown } = await readImage(at(`holes/masks/${place}`));
    const hole = mask(64, 64, shown.data.slice(0, 64 * 64));
    expect([...new Set(hole.data)].sort()).toEqual([0, 1]);
    await writeImage(at(`filled/${place}`), in8Bits(meanColour(picture, hole)));
  }
  const { status, stdout } = evaluate('--methods', 'mean,other=filled', '--count', '3', '--json');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\{.*\}\n$/);
  const { rows, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({ out: 'out', model: 'toon-64', reference: 'mean' });
  for (const protocol of ['center', 'half', 'all']) {
    const [mean, other] = ['mean', 'other'].map(
      (method) =>
        rows.find((row: Record<string, string>) => row.protocol === protocol && row.method === method).figures,
    );
    for (const measure of ['hole', 'whole', 'ssim', 'ssimHole', 'seam', 'features', 'logit']) {
      expect(other[measure].own, `${protocol} ${measure}`).toEqual(mean[measure].own);
      expect(other[measure].difference).toMatchObject({ mean: 0, low: 0, high: 0, pictures: 3 });
    }
    expect(other.seconds).toBeUndefined();
  }
  const table = readFileSync(at('out/table.md'), 'utf8');
  expect(table).toMatch(/^## Hole PSNR, dB\n\n\| method \| n \| beside mean \| All holes \| center \| half \|/);
  expect(table).toMatch(/\n## center\n\n\| method \| n \| hole PSNR beside mean \|/);
});

test('--anew takes the place of what an evaluation wrote, and of nothing else', () => {
  expect(evaluate().status).toBe(0);
  mkdirSync(at('out/fills/mine'));
  for (const name of ['out/notes.txt', 'out/fills/mine/a.png']) writeFileSync(at(name), 'mine');
  const before = readFileSync(at('out/results.jsonl'), 'utf8');
  expect(evaluate('--seed', '1').stderr).toMatch(
    /got another value of 'seed' \(0 then, 1 now\): write to another folder/,
  );
  for (const wrong of [
    ['--methods', 'maen'],
    ['--methods', 'x=nowhere'],
    ['--masks', 'x'],
    ['--device', 'x'],
    ['--reference', 'x'],
    ['--data', 'x'],
  ]) {
    expect(evaluate('--anew', ...wrong).status, `${wrong}`).toBe(2);
    expect(readFileSync(at('out/results.jsonl'), 'utf8')).toBe(before);
  }
  expect(evaluate('--seed', '1', '--count', '1', '--masks', 'half', '--anew')).toMatchObject({ status: 0, stderr: '' });
  expect(filesOf('out')).toEqual([
    ...['by-eye.html', 'fills/mean/half/0000.png', 'fills/mine/a.png', 'notes.txt'],
    ...['report.html', 'results.jsonl', 'table.csv', 'table.md'],
  ]);
});

test('two in one folder: the second is refused', async () => {
  const one = ended('SIGINT', 14);
  while (!existsSync(at('out/results.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 3));
  const { status, stderr } = evaluate(...long, '--anew');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^latentfill: Expected 'out' for this process alone, but process \d+ is writing/),
  });
  expect((await one).signal).toBe('130');
});

test('what is wrong is said in a sentence before anything is written', async () => {
  await writeImage(at('one/a.png'), noisePicture(64, 64, 1));
  for (let i = 0; i < 2; i++) await writeImage(at(`small/center/000${i}.png`), noisePicture(32, 32, i));
  await writeImage(at('some/center/0000.png'), noisePicture(64, 64, 1));
  writeFileSync(at('file'), 'x');
  const before = filesOf('.');
  const center = ['--masks', 'center', '--methods'];
  const cases: [args: string[], says: RegExp][] = [
    [[...center, 'x=nowhere'], /Expected a finished picture 'nowhere\/center\/0000\.png', got none: fill the exported/],
    [[...center, 'mean,x=some'], /Expected a finished picture 'some\/center\/0001\.png', got none/],
    [[...center, 'x=small'], /finished picture 'small\/center\/0000\.png'.*64×64.*32×32|64×64.*'small.*32×32/],
    [['--methods', 'maen'], /Expected a method as mean, harmonic, .*, got 'maen': check the name\.$/m],
    [['--methods', 'default-scren'], /got 'default-scren': check the name\. Parts are screen, restarts/],
    [['--methods', 'mine:stepz=3'], /Expected options as KEY=VALUE after the colon of 'mine:stepz=3', got 'stepz=3'/],
    [['--methods', 'mine:steps=0.5'], /Expected valid options.*steps/],
    [['--masks', 'centre'], /Expected protocols of center, half, .* or folders of mask files, got 'centre': check/],
    [['--count', '0'], /Expected --count of at least 1, got 0\./],
    [['--count', 'many'], /Expected a whole number for --count, got 'many'/],
    [['--size', '0'], /Expected a whole number above 0 as the size, got 0/],
    [['--size', '15'], /Expected pictures of at least 16 pixels a side, got 15: evaluate larger ones/],
    [['--reference', 'default'], /Expected --reference to be one of mean, got 'default'\./],
    [['--data', 'one'], /Expected PNG, JPEG or WebP images for the heldout split in 'one', got only 1: add some/],
    [['--data', 'one', '--captions'], /heldout split in 'one'/],
    [['--data', 'nowhere'], /got 'nowhere': check the name/],
    [['--out', 'file'], /Expected to write in 'file', but a folder or file of that name is in the way/],
    [['--export-holes', 'file'], /Expected to write 'file\/masks\/center\/0000\.png', but a folder or file/],
  ];
  for (const [args, says] of cases) {
    const { status, stdout, stderr } = evaluate(...args);
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^latentfill: [^\n]+\n$/);
    expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: '' });
  }
  const plain = spawnSync('node', [cli, 'eval', 'toon-64', '--data', 'toon', '--count', '1'], {
    encoding: 'utf8',
    cwd: dir,
  });
  expect(plain).toMatchObject({ status: 2, stdout: '', stderr: 'latentfill: Expected --out, got none: see --help.\n' });
  expect(filesOf('.')).toEqual(before);
  expect(existsSync(at('out'))).toBe(false);
}, 120_000);
