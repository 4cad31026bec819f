/**
 * @file `npm run bench:large -- --steps 3`: what a generator of 1024×1024 pixels takes. Writes a StyleGAN2 of random
 * weights, then imports it, fills a hole, and fills it judged by a discriminator, each in a process of its own that is
 * watched: peak resident memory and seconds. A process above `--limit` GB is killed. Linux: memory is read from /proc.
 */

import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inspectOnnx } from '../src/graph/inspect.ts';
import { writeOnnx } from '../src/graph/onnx/write.ts';
import { input } from '../src/graph/value.ts';
import { centreHole } from '../src/image/holes.ts';
import { image } from '../src/image/image.ts';
import { inpaint } from '../src/inpaint/inpainter.ts';
import { importModel } from '../src/model/import/import.ts';
import { wireDiscriminator, wireGenerator } from '../src/model/import/infer-wiring.ts';
import { openModel } from '../src/model/model.ts';
import { noise } from './rate.ts';
import { stylegan2, stylegan2Discriminator } from './stylegan2.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1024' },
    steps: { type: 'string', default: '180' },
    screen: { type: 'string', default: '256' },
    restarts: { type: 'string', default: '8' },
    limit: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '60' },
    only: { type: 'string', default: 'import,fill,judged' },
    task: { type: 'string' },
    folder: { type: 'string' },
  },
});
const [size, steps, screen, restarts] = [+values.size, +values.steps, +values.screen, +values.restarts];

/** The published widths, halved, with 256 at most: 10 M weights, beside 3 M of noise. */
const channels = (side: number) => Math.min(256, 2 ** 14 / side);

const tasks = ['import', 'fill', 'judged'] as const;
type Task = (typeof tasks)[number];

/** What a process tells when it is done. */
interface Told {
  readonly seconds: number;
  readonly steps: number;
}

/** How a process ended: `told` is null for one that was killed or failed. */
interface Outcome {
  readonly told: Told | null;
  readonly peakGB: number;
  readonly ended: 'done' | 'memory' | 'time' | 'failed';
}

const options = { name: 'large', latent: 'normal', range: [-1, 1] } as const;
const files = (folder: string) => ({
  generator: join(folder, 'generator.onnx'),
  discriminator: join(folder, 'discriminator.onnx'),
});

async function run(task: Task, folder: string): Promise<Told> {
  const paths = files(folder);
  const generator = readFileSync(paths.generator);
  const discriminator = task === 'judged' ? readFileSync(paths.discriminator) : null;
  const began = performance.now();
  if (task === 'import') {
    await importModel({ generator, discriminator }, options);
    return { seconds: (performance.now() - began) / 1000, steps: 0 };
  }
  // As importModel makes it, without the trial and the samples that would count as the fill's memory.
  const { latent, size: side, generator: drawn } = wireGenerator(generator, options);
  const judged = discriminator && wireDiscriminator(discriminator, options, side);
  const model = openModel(
    {
      ...{ format: 1, name: options.name, latent, text: null, calibration: null, training: null, data: null },
      image: { size: side, channels: 3, range: [...options.range] },
      network: { generator: drawn, discriminator: judged },
    },
    generator,
    discriminator,
  );
  const picture = image(side, side, 3, noise('picture', [3, side, side]).map(Math.abs));
  let ran = 0;
  const hole = { image: picture, mask: centreHole(side, side) };
  await inpaint(model, hole, { steps, screen, restarts }, { onStep: ({ step }) => (ran = step[0]) });
  return { seconds: (performance.now() - began) / 1000, steps: ran };
}

/** A line of /proc/PID/status in GB; none once the process is gone. */
function memoryOf(pid: number | undefined, line: 'VmRSS' | 'VmHWM'): number | undefined {
  try {
    const found = new RegExp(`^${line}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? (Number(found[1]) * 1024) / 1e9 : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a task in a process of its own, and kills it above the limits of memory and time. */
function watched(task: Task, folder: string): Promise<Outcome> {
  const args = Object.entries({ ...values, task, folder }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = fork(import.meta.filename, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const began = performance.now();
  let told: Told | null = null;
  let [peakGB, killed]: [number, 'memory' | 'time' | undefined] = [0, undefined];
  child.on('message', (message) => {
    told = message as Told;
  });
  const timer = setInterval(() => {
    peakGB = memoryOf(child.pid, 'VmHWM') ?? peakGB;
    if ((memoryOf(child.pid, 'VmRSS') ?? 0) > Number(values.limit)) killed = 'memory';
    else if (performance.now() - began > 60_000 * Number(values.minutes)) killed = 'time';
    if (killed) child.kill('SIGKILL');
  }, 20);
  return new Promise((resolve) =>
    child.on('close', () => {
      clearInterval(timer);
      resolve({ told, peakGB, ended: killed ?? (told ? 'done' : 'failed') });
    }),
  );
}

function write(folder: string): void {
  const paths = files(folder);
  const [z, seen] = [input('z', [1, 512]), input('image', [1, 3, size, size])];
  writeFileSync(paths.generator, writeOnnx({ image: stylegan2(z, size, channels) }, { batch: 'N' }));
  writeFileSync(paths.discriminator, writeOnnx({ logit: stylegan2Discriminator(seen, channels) }, { batch: 'N' }));
  for (const [name, file] of Object.entries(paths)) {
    const { parameters, flops } = inspectOnnx(readFileSync(file));
    const { forward, backward } = flops!;
    console.log(
      `${name}: ${size}×${size}, ${(parameters.count / 1e6).toFixed(1)} M parameters, ${(forward / 1e9).toFixed(0)} GFLOPs forward and ${((backward ?? 0) / 1e9).toFixed(0)} backward for an image`,
    );
  }
}

async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-large-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  write(folder);
  console.log(`a fill: ${screen} latents screened, ${steps} steps, ${restarts} restarts`);
  const result: Record<string, number | string | null> = { size, screen, steps, restarts };
  const rows: (string | number)[][] = [];
  for (const task of tasks.filter((name) => values.only.split(',').includes(name))) {
    const { told, peakGB, ended } = await watched(task, folder);
    const peak = ended === 'memory' ? `> ${values.limit}` : peakGB.toFixed(2);
    rows.push([task, peak, told ? told.seconds.toFixed(1) : '—', told ? told.steps : '—', ended]);
    result[`${task}GB`] = ended === 'done' ? Number(peak) : ended === 'memory' ? peak : null;
    result[`${task}Seconds`] = told ? Number(told.seconds.toFixed(1)) : null;
    if (ended === 'failed') process.exitCode = 1;
  }
  printTable(['task', 'peak GB', 'seconds', 'steps ran', 'ended'], rows);
  console.log(JSON.stringify(result));
}

if (values.task) process.send!(await run(values.task as Task, values.folder!));
else await bench();
