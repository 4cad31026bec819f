/**
 * @file `npm run bench:killed -- --kills 50`: a small model trained undisturbed, and again by a process that is killed
 * (SIGKILL) at random moments and resumed; both must end with the same bytes. Runs what is in dist.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { permutation, random } from '../src/base/random.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '0' } },
});
const kills = Number(values.kills);
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
// A kill lets at most two checkpoints through, most fewer: enough are left over to reach the end.
const epochs = Math.ceil(2.5 * kills);
const recipe = [
  ...['--data', 'toon', '--size', 16, '--width', 8, '--latent', 16, '--images', 256, '--batch', 16, '--flip'],
  ...['--epochs', epochs, '--checkpoint-every', 1, '--discriminator-steps', 2, '--seed', 1],
].map(String);

/** When to kill, with its share: before the first step, in training, while a checkpoint is written, in the export. */
const SHARES = { start: 0.25, training: 0.4, writing: 0.25, export: 0.1 } as const;
type Moment = keyof typeof SHARES;

/** How long undisturbed training took, in ms: to its first checkpoint, from one to the next, from the last to the end. */
interface Pace {
  readonly start: number;
  readonly checkpoint: number;
  readonly export: number;
}

const checkpoints = (out: string) => join(out, 'checkpoints');
const written = (out: string) => readdirSync(checkpoints(out)).filter((file) => file.endsWith('.safetensors'));
const begun = (out: string) => readdirSync(checkpoints(out)).filter((file) => file.endsWith('.part'));

/**
 * Begins a run or goes on with it. `told` hears once of the start, and of every file that comes to the folder of
 * checkpoints. Gives true when the process was killed.
 */
async function train(out: string, told: (file: string | null, kill: () => void) => void): Promise<boolean> {
  await mkdir(checkpoints(out), { recursive: true });
  const how = existsSync(join(out, 'recipe.json')) ? ['--resume'] : recipe;
  const child = spawn('node', [cli, 'train', '--out', out, '--json', ...how]);
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const kill = () => child.kill('SIGKILL');
  const watcher = watch(checkpoints(out), (_, file) => told(file, kill));
  told(null, kill);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (...end) => resolve(end)),
  );
  watcher.close();
  if (signal === 'SIGKILL') return true;
  if (code === 0) return false;
  throw new Error(`Training ended with ${signal ?? code}: ${errors}`);
}

async function undisturbed(out: string): Promise<Pace> {
  const began = performance.now();
  const times = new Map<string, number>();
  await train(out, (file) => {
    if (file?.endsWith('.safetensors') && !times.has(file)) times.set(file, performance.now());
  });
  const [first, last] = [[...times.values()][0]!, [...times.values()].at(-1)!];
  return { start: first - began, checkpoint: (last - first) / (epochs - 1), export: performance.now() - last };
}

/** Kills training once; false when it came to its end before that. */
function killAt(moment: Moment, out: string, pace: Pace, share: number): Promise<boolean> {
  const before = existsSync(checkpoints(out)) ? written(out).length : 0;
  const parts = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const within = (ms: number, kill: () => void) => {
    timer ??= setTimeout(kill, share * ms);
  };
  return train(out, (file, kill) => {
    if (file?.endsWith('.part')) parts.add(file);
    const done = written(out).length;
    if (moment === 'start') within(pace.start, kill);
    if (moment === 'training' && done > before) within(1.5 * pace.checkpoint, kill);
    if (moment === 'writing' && parts.size === 2) within(5, kill);
    if (moment === 'export' && done === epochs) within(before === epochs ? pace.start : pace.export, kill);
  }).finally(() => clearTimeout(timer));
}

const sum = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const last = (out: string) => join(checkpoints(out), written(out).sort().at(-1)!);

const folder = await mkdtemp(join(tmpdir(), 'latentfill-killed-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
const pace = await undisturbed(whole);
console.error(`undisturbed: ${epochs} checkpoints, in ms: ${JSON.stringify(pace)}`);

const rng = random(values.seed, 'kills');
const moments = (['start', 'training', 'writing'] as const).flatMap((name) =>
  Array.from({ length: Math.round(SHARES[name] * kills) }, () => name),
);
const plan: Moment[] = [...permutation(rng, moments.length)].map((i) => moments[i]!);
const count = { start: 0, training: 0, writing: 0, export: 0 };
let done = 0;
let halfWritten = 0;
for (let run = 0; done < kills && run < 2 * kills; run++) {
  const moment = plan[run] ?? 'export';
  const before = existsSync(checkpoints(killed)) ? begun(killed) : [];
  if (!(await killAt(moment, killed, pace, rng()))) continue;
  done++;
  count[moment]++;
  if (begun(killed).some((file) => !before.includes(file))) halfWritten++;
  console.error(`kill ${done}: ${moment}, ${written(killed).length} of ${epochs} checkpoints`);
}
await train(killed, () => {});

const equal = (file: (out: string) => string) => sum(file(whole)) === sum(file(killed));
const sameCheckpoint = equal(last);
const sameGenerator = equal((out) => join(out, 'model', 'generator.onnx'));
console.log(
  JSON.stringify({ kills: done, ...count, halfWritten, sameCheckpoint, sameGenerator, sha256: sum(last(whole)) }),
);
if (!sameCheckpoint || !sameGenerator || done < kills) process.exitCode = 1;
