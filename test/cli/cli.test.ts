/** The built command, run as a user runs it. `npm test` and `npm ci` build it first. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { centreHole, strokeHole } from '../../src/image/holes.ts';
import { image, type Mask } from '../../src/image/image.ts';
import { readImage, writeImage } from '../../src/image/image-file.ts';
import { ofExtent } from '../helpers/extent.ts';
import { noisePicture } from '../helpers/pictures.ts';

const root = join(import.meta.dirname, '../..');
const cli = join(root, 'dist/cli/main.js');
const shared = mkdtempSync(join(tmpdir(), 'latentfill-cli-'));
const trained = join(shared, 'run');
const model = join(trained, 'model');
let dir: string;

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('node', [cli, ...args], { encoding: 'utf8', cwd: dir });
  return { status, stdout, stderr };
};
const at = (name: string) => join(dir, name);
const saveMask = ({ width, height, data }: Mask, name: string) => {
  const all = new Float32Array(3 * data.length);
  for (let c = 0; c < 3; c++) all.set(data, c * data.length);
  return writeImage(at(name), image(width, height, 3, all));
};

beforeAll(() => {
  const flags = [
    '--size',
    '16',
    '--width',
    '4',
    '--latent',
    '8',
    '--batch',
    '8',
    '--images',
    '32',
    '--epochs',
    '4',
    '--checkpoint-every',
    '2',
  ];
  execFileSync('node', [cli, 'train', '--out', trained, '--name', 'tiny', ...flags]);
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-cli-'));
  await writeImage(at('face.png'), noisePicture(16, 16, 1));
  await saveMask(centreHole(16, 16), 'mask.png');
});

describe('inpaint', () => {
  const fill = (...more: string[]) =>
    run('inpaint', 'face.png', '--mask', 'mask.png', '--model', model, '--out', 'out.png', '--steps', '20', ...more);

  test('fills the hole, writes every candidate, tells what it did', async () => {
    const { status, stdout } = fill('--candidates', 'all', '--json', '--restarts', '3', '--seed', '4');
    expect(status).toBe(0);
    const told = JSON.parse(stdout);
    expect(told.candidates).toHaveLength(3);
    expect(readdirSync(at('all')).sort()).toEqual(['01.png', '02.png', '03.png']);
    expect(readFileSync(at('all/01.png'))).toEqual(readFileSync(at('out.png')));
    const [{ image: before }, { image: after }] = [await readImage(at('face.png')), await readImage(at('out.png'))];
    const hole = centreHole(16, 16).data;
    after.data.forEach((v, i) => {
      if (hole[i % 256] === 0) expect(v).toBe(before.data[i]);
    });
    expect(after.data).not.toEqual(before.data);
    const first = readFileSync(at('out.png'));
    fill('--restarts', '3', '--seed', '4');
    expect(readFileSync(at('out.png'))).toEqual(first);
    fill('--restarts', '3', '--seed', '5');
    expect(readFileSync(at('out.png'))).not.toEqual(first);
  });

  test('every option of the schema is a flag', () => {
    const { stdout } = run('inpaint', '--help');
    for (const flag of [
      'preset',
      'norm',
      'window',
      'lambda',
      'optimiser',
      'learning-rate',
      'steps',
      'gradient-tolerance',
      'plateau',
      'bound',
      'screen',
      'restarts',
      'halving',
      'blend',
      'seed',
      'context',
    ]) {
      expect(stdout).toContain(`--${flag}`);
    }
    const { status } = fill(
      '--preset',
      'bamos',
      '--norm',
      'l2',
      '--blend',
      'poisson',
      '--learning-rate',
      '0.05',
      '--no-halving',
      '--plateau',
      '4',
    );
    expect(status).toBe(0);
  });

  test('a larger image, and a mask the other way round', async () => {
    await writeImage(at('face.png'), noisePicture(60, 45, 2));
    const hole = strokeHole(60, 45, random('cli'));
    await saveMask({ ...hole, data: hole.data.map((m) => 1 - m) }, 'mask.png');
    expect(fill('--invert-mask').status).toBe(0);
    const [{ image: before }, { image: after }] = [await readImage(at('face.png')), await readImage(at('out.png'))];
    after.data.forEach((v, i) => {
      if (hole.data[i % 2700] === 0) expect(v).toBe(before.data[i]);
    });
  });

  test('transparent pixels serve as the hole, and are opaque after', async () => {
    const alpha = centreHole(16, 16).data.map((m) => 1 - m);
    await writeImage(at('face.png'), noisePicture(16, 16, 1), { alpha });
    expect(run('inpaint', 'face.png', '--model', model, '--out', 'out.png', '--steps', '5').status).toBe(0);
    expect((await readImage(at('out.png'))).alpha).toBeUndefined();
  });

  test('a folder, with one mask for all or a folder of masks; a bad image is named and the others are filled', async () => {
    mkdirSync(at('in'));
    for (const name of ['a', 'b', 'c'])
      await writeImage(at(`in/${name}.png`), noisePicture(16, 16, name.charCodeAt(0)));
    const folder = (mask: string, out: string) =>
      run('inpaint', 'in', '--mask', mask, '--model', model, '--out', out, '--steps', '5');
    expect(folder('mask.png', 'one').status).toBe(0);
    expect(readdirSync(at('one')).sort()).toEqual(['a.png', 'b.png', 'c.png']);
    mkdirSync(at('masks'));
    for (const name of ['a', 'b']) copyFileSync(at('mask.png'), at(`masks/${name}.png`));
    copyFileSync(at('mask.png'), at('masks/c.png'));
    writeFileSync(at('in/b.png'), 'broken');
    const { status, stderr } = folder('masks', 'two');
    expect(status).toBe(2);
    expect(stderr).toMatch(/in\/b\.png/);
    expect(readdirSync(at('two')).sort()).toEqual(['a.png', 'c.png']);
    expect(readFileSync(at('two/a.png'))).toEqual(readFileSync(at('one/a.png')));
  });
});

describe('bad input: one clear sentence, exit code 2, nothing written', () => {
  const cases: Record<string, { args?: string[]; prepare?: () => unknown; says: RegExp }> = {
    'no mask': { args: ['face.png', '--out', 'out.png'], says: /Expected a mask for 'face\.png', got none/ },
    'empty mask': {
      prepare: () => saveMask({ width: 16, height: 16, data: new Float32Array(256) }, 'mask.png'),
      says: /Expected a hole \(white, 1\) .*, or use --invert-mask\.$/m,
    },
    'mask of everything': {
      prepare: () => saveMask({ width: 16, height: 16, data: new Float32Array(256).fill(1) }, 'mask.png'),
      says: /got only hole: .*, or use --invert-mask\.$/m,
    },
    'mask of another size': {
      prepare: () => saveMask(centreHole(20, 16), 'mask.png'),
      says: /to be 16×16 pixels like the image, got 20×16/,
    },
    'truncated PNG': {
      prepare: () => writeFileSync(at('face.png'), readFileSync(at('face.png')).subarray(0, 300)),
      says: /damaged/,
    },
    'text named .png': { prepare: () => writeFileSync(at('face.png'), 'hello'), says: /damaged or of another kind/ },
    'no such image': {
      args: ['nowhere.png', '--mask', 'mask.png', '--out', 'out.png'],
      says: /'nowhere\.png', got no/,
    },
    'missing model': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--model', 'nowhere'],
      says: /Expected a model folder/,
    },
    'tampered model': {
      prepare: () => tamper(),
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--model', 'model'],
      says: /sha256/,
    },
    'missing model file': {
      prepare: () => halfModel(),
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--model', 'model'],
      says: /'discriminator\.onnx'.*got no such file/,
    },
    'unknown option': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--lamda', '3'],
      says: /got '--lamda': did you mean '--lambda'\? See its --help\.$/m,
    },
    'option without its value': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--steps'],
      says: /Expected a value after --steps/,
    },
    'value of another kind': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--steps', 'many'],
      says: /number for --steps, got 'many'/,
    },
    'value out of range': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--restarts', '0'],
      says: /--restarts: /,
    },
    'a caption for a model without captions': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--caption', 'red hair'],
      says: /Expected no caption for the model 'tiny', got the caption 'red hair'/,
    },
    'an embedding that is none': {
      prepare: () => writeFileSync(at('face.json'), '{"x": 1}'),
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--embedding', 'face.json'],
      says: /Expected a JSON list of numbers in 'face\.json'/,
    },
    'unknown preset': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--preset', 'best'],
      says: /Expected a preset of default, ift6266, .* for --preset, got 'best'/,
    },
    'unknown format': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.bmp'],
      says: /ends in \.png, \.jpg or \.webp/,
    },
    'a flag given twice': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--mask', 'face.png'],
      says: /Expected --mask once, got it twice/,
    },
    'a reading of masks that there is not': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--mask-from', 'red'],
      says: /Expected --mask-from luma, alpha, colour, got 'red'/,
    },
    'the picture as its mask': {
      args: ['face.png', '--mask', 'face.png', '--out', 'out.png'],
      says: /got the picture itself/,
    },
    'a photograph as the mask': {
      prepare: () => writeImage(at('mask.png'), noisePicture(16, 16, 9)),
      says: /got a picture of many colours .* set --mask-from to 'luma'/,
    },
    'no output': { args: ['face.png', '--mask', 'mask.png'], says: /Expected --out, got none: see --help\./ },
    'no image': { args: ['--mask', 'mask.png', '--out', 'o.png'], says: /Expected the argument IMAGE, got none/ },
    'no such image, and a folder for the output': {
      args: ['nothing-here', '--out', 'folder'],
      says: /Expected an image or a folder of images at 'nothing-here', got none: check the name\./,
    },
    'no such mask': {
      args: ['face.png', '--mask', 'nowhere', '--out', 'out.png'],
      says: /Expected a mask or a folder of masks at 'nowhere', got none: check the name\./,
    },
    'a folder of masks for one image': {
      args: ['face.png', '--mask', '.', '--out', 'out.png'],
      says: /Expected a file for the mask of 'face\.png', got the folder '\.'/,
    },
    'a folder flag for one image': {
      args: ['face.png', '--mask', 'mask.png', '--out', 'out.png', '--recursive'],
      says: /Expected a folder with --recursive, got the file 'face\.png'/,
    },
    'surplus argument': {
      args: ['face.png', 'other.png', '--mask', 'mask.png', '--out', 'out.png'],
      says: /got 'other\.png' besides/,
    },
  };
  const tamper = () => {
    cpSync(model, at('model'), { recursive: true });
    const bytes = readFileSync(at('model/generator.onnx'));
    bytes[1000]! ^= 1;
    writeFileSync(at('model/generator.onnx'), bytes);
  };
  const halfModel = () => {
    mkdirSync(at('model'));
    for (const name of ['model.json', 'generator.onnx']) copyFileSync(join(model, name), at(`model/${name}`));
  };

  test.each(Object.entries(cases))('%s', async (_name, { args, prepare, says }) => {
    await prepare?.();
    const before = readdirSync(dir).sort();
    const given = args ?? ['face.png', '--mask', 'mask.png', '--out', 'out.png'];
    const { status, stderr, stdout } = run(
      'inpaint',
      ...given,
      ...(given.includes('--model') ? [] : ['--model', model]),
    );
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^latentfill: [^\n]+\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
    expect(readdirSync(dir).sort()).toEqual(before);
  });

  const mayMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
  test.skipIf(!mayMount)('a full disk while saving (ENOSPC)', async () => {
    await writeImage(at('face.png'), noisePicture(200, 200, 1)); // noise does not compress into what is left
    await saveMask(centreHole(200, 200), 'mask.png');
    const command = `mount -t tmpfs -o size=16k tmpfs /mnt && node ${cli} inpaint face.png --mask mask.png --model ${model} --out /mnt/out.png --steps 3; echo "exit $?"; ls -A /mnt`;
    const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', command], { encoding: 'utf8', cwd: dir });
    expect(stderr).toMatch(/^latentfill: Expected to write '\/mnt\/out\.png', but the disk is full[^\n]*\n$/);
    expect(stdout).toBe('exit 2\n');
  });

  test('Ctrl-C at any moment, while saving too: a whole file or none', async () => {
    await writeImage(at('face.png'), noisePicture(700, 700, 1)); // large, so that saving takes a while
    await saveMask(centreHole(700, 700), 'mask.png');
    const before = readdirSync(dir).sort();
    const args = [
      cli,
      'inpaint',
      'face.png',
      '--mask',
      'mask.png',
      '--model',
      model,
      '--out',
      'out.png',
      '--steps',
      '3',
    ];
    const began = performance.now();
    expect(spawnSync('node', args, { cwd: dir }).status).toBe(0);
    const whole = performance.now() - began;
    rmSync(at('out.png'));
    let interrupted = 0;
    for (const part of ofExtent({ sample: [0.5, 0.8], whole: [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1] })) {
      const child = spawn('node', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.on('data', (data) => {
        stderr += data;
      });
      const timer = setTimeout(() => child.kill('SIGINT'), part * whole);
      const status = await new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
      clearTimeout(timer);
      const files = readdirSync(dir).filter((name) => name !== 'out.png');
      expect(files.sort()).toEqual(before);
      if (existsSync(at('out.png'))) expect((await readImage(at('out.png'))).image.width).toBe(700);
      if (status === 130) {
        interrupted++;
        expect(stderr).toMatch(/^latentfill: Interrupted[^\n]*\n$/);
      } else expect([0, 'SIGINT']).toContain(status);
    }
    expect(interrupted).toBeGreaterThan(0);
  }, 120_000);
});

describe('the other commands', () => {
  test('sample draws a model, a run, and a row per checkpoint', async () => {
    for (const args of [
      [model],
      [trained],
      [trained, '--epoch', '2', '--count', '4'],
      [trained, '--rows', 'checkpoints', '--count', '6'],
    ]) {
      expect(run('sample', ...args, '--out', 'sheet.png').status).toBe(0);
      expect((await readImage(at('sheet.png'))).image.width).toBeGreaterThan(100);
    }
    const rows = run('sample', trained, '--rows', 'checkpoints', '--out', 'sheet.png', '--json');
    expect(JSON.parse(rows.stdout).rows).toBe(2);
    expect(run('sample', 'nowhere', '--out', 'sheet.png').stderr).toMatch(/Expected a model folder/);
    expect(run('sample', model, '--rows', 'checkpoints', '--out', 'sheet.png').stderr).toMatch(
      /Expected a run with checkpoints/,
    );
  });

  test('export writes the checkpoint that was picked', () => {
    expect(run('export', trained, '--epoch', '2', '--out', 'picked').status).toBe(0);
    const card = JSON.parse(readFileSync(at('picked/model.json'), 'utf8'));
    expect(card).toMatchObject({ name: 'picked', training: { epoch: 2 } });
    expect(run('export', trained, '--epoch', '3', '--out', 'other').stderr).toMatch(/epoch-0003.*got none/);
  });

  test('train refuses what it cannot use', () => {
    writeFileSync(at('recipe.json'), '{"widht": 3}');
    writeFileSync(at('nested.json'), '{"captions": {"minimum": 0}, "widht": 3}');
    writeFileSync(at('broken.json'), '{');
    const refusals: [string[], RegExp][] = [
      [['--out', 'r', '--recipe', 'recipe.json'], /widht/],
      [['--out', 'r', '--recipe', 'broken.json'], /Expected JSON/],
      [['--out', 'r', '--recipe', 'none.json'], /got no such file/],
      [['--out', 'r', '--data', 'nowhere'], /Expected one of toon, landscapes.* or a folder/],
      [['--out', trained], /set --resume/],
      [['--out', trained, '--resume', '--epochs', '9'], /no recipe with --resume, got --epochs/],
      [['--out', 'r', '--resume'], /Expected a run with a recipe/],
      [['--out', 'r', '--size', '17'], /--size: expected one of/],
      [
        ['--out', 'r', '--recipe', 'nested.json'],
        /'captions\.minimum': expected at least 1.*'widht': there is no such/,
      ],
    ];
    for (const [args, says] of refusals) {
      const { status, stderr } = run('train', ...args);
      expect(stderr).toMatch(says);
      expect(status).toBe(2);
      expect(existsSync(at('r'))).toBe(false);
    }
  });

  test('help, and commands that are not there', () => {
    for (const command of ['train', 'sample', 'inpaint', 'mask', 'export']) {
      const { status, stdout } = run(command, '--help');
      expect(status).toBe(0);
      expect(stdout).toMatch(/--json/);
    }
    expect(run('--help').stdout).toMatch(/inpaint[\s\S]*train[\s\S]*sample/);
    expect(run('fill')).toMatchObject({ status: 2 });
    expect(run('inpant').stderr).toMatch(/got 'inpant': did you mean 'inpaint'\? See latentfill --help\.$/m);
    expect(run('fill').stderr).toMatch(/Expected one of the commands demo, inpaint, .*train, .*got 'fill'/);
  });
});
