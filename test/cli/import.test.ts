/** `latentfill import` and `inspect`, built and run as a user runs them: a GAN of one's own fills holes in two commands. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { beforeEach, describe, expect, test } from 'vitest';
import { centreHole } from '../../src/image/holes.ts';
import { image } from '../../src/image/image.ts';
import { readImage, writeImage } from '../../src/image/image-file.ts';
import { cardSchema } from '../../src/model/card.ts';
import { loadModel } from '../../src/model/folder.ts';
import * as networks from '../helpers/networks.ts';
import { noise } from '../helpers/noise.ts';
import { irOf } from '../helpers/openvino.ts';
import { noisePicture } from '../helpers/pictures.ts';
import { withFlags } from '../helpers/with-flags.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
let dir: string;
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('node', [cli, ...args], { encoding: 'utf8', cwd: dir });
  return { status, stdout, stderr };
};
const at = (name: string) => join(dir, name);
const generator = networks.torchGenerator();
const bring = (...more: string[]) => run('import', ...withFlags(['--generator', 'g.onnx', '--out', 'model'], more));
const normal = ['--latent', 'normal', '--range', '-1..1'];
const fill = (...more: string[]) =>
  run('inpaint', 'face.png', '--mask', 'mask.png', '--model', 'model', '--out', 'out.png', '--steps', '20', ...more);

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-import-'));
  writeFileSync(at('g.onnx'), generator);
  writeFileSync(at('d.onnx'), networks.torchDiscriminator());
  await writeImage(at('face.png'), noisePicture(16, 16, 1));
  const hole = centreHole(16, 16).data;
  await writeImage(at('mask.png'), image(16, 16, 3, Float32Array.from([...hole, ...hole, ...hole])));
});

async function expectFilled(): Promise<void> {
  const [{ image: before }, { image: after }] = [await readImage(at('face.png')), await readImage(at('out.png'))];
  const hole = centreHole(16, 16).data;
  let changed = 0;
  after.data.forEach((v, i) => {
    if (hole[i % 256] === 0) expect(v).toBe(before.data[i]);
    else if (v !== before.data[i]) changed++;
  });
  expect(changed).toBeGreaterThan(64);
}

test('a mapping and a synthesis network are one generator, searched where they meet, and then in copies of that', async () => {
  writeFileSync(at('m.onnx'), networks.styleMapping());
  writeFileSync(at('s.onnx'), networks.styleSynthesis());
  const { status, stderr } = run('import', '--mapping', 'm.onnx', '--generator', 's.onnx', '--out', 'model', ...normal);
  expect([status, stderr]).toEqual([0, expect.stringContaining("Holes are searched in 'w', [6] and used in 4 places")]);
  expect(readFileSync(at('model/CARD.md'), 'utf8')).toContain("Holes are searched in 'w'");
  expect((await loadModel(at('model'))).card).toMatchObject({ latent: { size: 8 }, waist: { tensor: 'w', uses: 4 } });
  const filled = JSON.parse(fill('--json').stdout);
  expect(filled.progress).toMatchObject({ converged: false, evaluations: expect.any(Number) });
  expect(fill('--search-in', 'latent').status).toBe(0);
});

describe('import, then inpaint', () => {
  test('a pair from PyTorch', async () => {
    const { status, stdout, stderr } = bring('--discriminator', 'd.onnx', ...normal, '--name', 'mine');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/model written to model: 8 numbers to 16×16 images.*latentfill inpaint .* --model model/);
    const files = ['CARD.md', 'discriminator.onnx', 'generator.onnx', 'model.json', 'samples.png'];
    expect(readdirSync(at('model')).sort()).toEqual(files);
    const card = cardSchema.parse(JSON.parse(readFileSync(at('model/model.json'), 'utf8')));
    expect(card).toMatchObject({ name: 'mine', image: { size: 16, range: [-1, 1] }, calibration: null, data: null });
    expect(readFileSync(at('model/CARD.md'), 'utf8')).toMatch(/`probability`\. Its logits are taken as they are/);
    expect((await readImage(at('model/samples.png'))).image.width).toBeGreaterThan(900);
    const filled = fill('--json');
    expect(filled.status).toBe(0);
    expect(JSON.parse(filled.stdout).candidates[0].perceptual).toBeGreaterThan(0);
    await expectFilled();
  });

  test('a generator of faces, with how they lie', () => {
    expect(bring(...normal, '--faces', 'celeba')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/--faces ffhq, got 'celeba'/),
    });
    expect(bring(...normal, '--faces', 'ffhq').status).toBe(0);
    const card = cardSchema.parse(JSON.parse(readFileSync(at('model/model.json'), 'utf8')));
    expect(card.faces).toEqual({ layout: 'ffhq' });
  });

  test('a pair from TensorFlow, channels last', async () => {
    writeFileSync(at('g.onnx'), networks.kerasGenerator());
    writeFileSync(at('d.onnx'), networks.kerasDiscriminator());
    const { status, stdout } = bring('--discriminator', 'd.onnx', '--latent', 'uniform', '--range', '0..1', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ model: 'model', latent: { size: 8, prior: 'uniform' }, notes: [] });
    expect(fill().status).toBe(0);
    await expectFilled();
  });

  test('a generator alone says so, at import, at filling and in its card', async () => {
    const { status, stderr } = bring(...normal);
    expect(status).toBe(0);
    expect(stderr).toMatch(/There is no discriminator: holes are filled by the contextual loss and a prior term alone/);
    expect(existsSync(at('model/discriminator.onnx'))).toBe(false);
    expect(readFileSync(at('model/CARD.md'), 'utf8')).toMatch(/\*\*Discriminator\*\*: none/);
    expect(fill().stdout).toMatch(/\+ prior term, no discriminator/);
    await expectFilled();
    expect(JSON.parse(fill('--json').stdout).candidates[0]).toMatchObject({ perceptual: null });
    expect(run('sample', 'model', '--out', 'sheet.png').status).toBe(0);
  });

  test('a class is fixed and a noise map searched, each by a flag of its own', async () => {
    writeFileSync(at('g.onnx'), networks.classGenerator());
    const { status, stdout } = bring(...normal, '--input', 'class=[0,1,0]', '--input=noise=search', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).latent.parts.map((part: { input: string }) => part.input)).toEqual(['z', 'noise']);
    const { card } = await loadModel(at('model'));
    expect(card.network!.generator.fixed).toMatchObject([{ input: 'class', values: [0, 1, 0] }]);
    expect(fill().status).toBe(0);
    await expectFilled();
    const first = readFileSync(at('out.png'));
    expect(bring(...normal, '--input', 'class=1 0 0', '--input', 'noise=0').status).toBe(0);
    expect(fill().status).toBe(0);
    expect(readFileSync(at('out.png'))).not.toEqual(first);
  });

  test('weights in a file beside the network end up in the model folder', async () => {
    const model = fromBinary(ModelProtoSchema, generator);
    mkdirSync(at('net'));
    for (const [i, tensor] of model.graph!.initializer.entries()) {
      writeFileSync(at(`net/${i}.bin`), tensor.rawData);
      Object.assign(tensor, { rawData: new Uint8Array(), dataLocation: 1 });
      tensor.externalData = [{ $typeName: 'onnx.StringStringEntryProto', key: 'location', value: `${i}.bin` }];
    }
    writeFileSync(at('net/g.onnx'), toBinary(ModelProtoSchema, model));
    expect(run('import', '--generator', 'net/g.onnx', '--out', 'model', ...normal).status).toBe(0);
    expect(readFileSync(at('model/generator.onnx')).equals(generator)).toBe(true);
    expect(fill().status).toBe(0);
  });

  test('importing over an older model leaves nothing of it', () => {
    expect(bring('--discriminator', 'd.onnx', ...normal).status).toBe(0);
    expect(bring(...normal).status).toBe(0);
    expect(existsSync(at('model/discriminator.onnx'))).toBe(false);
    expect(fill().status).toBe(0);
  });
});

describe('import of other formats, then inpaint', () => {
  /** z → w and w → image, as OpenVINO writes them. */
  function writeNetworks(): void {
    const weights = (name: string, rows: number, columns: number) =>
      ({ type: 'Const', dims: [rows, columns], values: noise(name, rows * columns) }) as const;
    const mapping = irOf([
      { type: 'Parameter', name: 'z', dims: [1, 8] },
      weights('first', 8, 4),
      { type: 'MatMul', name: 'style', dims: [1, 4], inputs: [0, 1] },
    ]);
    const synthesis = irOf([
      { type: 'Parameter', name: 'style', dims: [1, 4] },
      weights('second', 4, 768),
      { type: 'MatMul', dims: [1, 768], inputs: [0, 1] },
      { type: 'Const', dims: [4], values: BigInt64Array.of(1n, 3n, 16n, 16n) },
      { type: 'Reshape', dims: [1, 3, 16, 16], inputs: [2, 3], data: 'special_zero="false"' },
      { type: 'Tanh', name: 'img', dims: [1, 3, 16, 16], inputs: [4] },
    ]);
    for (const [name, { xml, bin }] of Object.entries({ mapping, synthesis })) {
      writeFileSync(at(`${name}.xml`), xml);
      writeFileSync(at(`${name}.bin`), bin);
    }
  }

  test('two networks of OpenVINO are one generator', async () => {
    writeNetworks();
    const { status, stderr } = run('import', '--openvino', 'mapping.xml', 'synthesis.xml', '--out', 'model', ...normal);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^latentfill: There is no discriminator.*\n$/)]);
    const { card } = await loadModel(at('model'));
    expect(card).toMatchObject({ latent: { size: 8, prior: 'normal' }, image: { size: 16, range: [-1, 1] } });
    expect(card.network!.generator.image).toBe('img');
    const { graph } = fromBinary(ModelProtoSchema, readFileSync(at('model/generator.onnx')));
    expect(graph!.node.flatMap(({ output }) => output)).toContain('w');
    expect(fill().status).toBe(0);
    await expectFilled();
    expect(run('import', '--openvino', 'synthesis.xml', '--out', 'w', ...normal).status).toBe(0);
    expect((await loadModel(at('w'))).card.latent.size).toBe(4);
  });

  test('weights of PyTorch are a generator, whose prior and range need not be said', async () => {
    const weights = join(import.meta.dirname, '../model/import/torch/state.pt');
    expect(run('import', '--torch', weights, '--architecture', 'dcgan', '--out', 'model').status).toBe(0);
    const { card } = await loadModel(at('model'));
    expect(card).toMatchObject({ latent: { size: 6, prior: 'normal' }, image: { size: 16, range: [-1, 1] } });
    expect(fill().status).toBe(0);
    await expectFilled();
  });

  test.each([
    [[], /Expected --generator, --openvino or --torch, got none: see --help/],
    [['--generator', 'g.onnx', '--torch', 'a.pt'], /got --generator and --torch: see --help/],
    [
      ['--openvino', 'a.xml', '--mapping', 'm.onnx'],
      /Expected --mapping with --generator, got --openvino: give both networks as ONNX files/,
    ],
    [['--generator', 'g.onnx', 'b.xml'], /Expected a second network after --openvino alone, got 'b\.xml'/],
    [['--torch', 'a.pt'], /Expected --architecture dcgan, got none: export other generators to ONNX/],
    [['--torch', 'a.pt', '--architecture', 'biggan'], /Expected --architecture dcgan, got 'biggan'/],
    [['--generator', 'g.onnx', '--architecture', 'dcgan'], /Expected --torch with --architecture, got none/],
    [['--torch', 'a.pt', '--architecture', 'dcgan'], /Expected a file of PyTorch at 'a\.pt', got no such file/],
    [['--torch', 'g.onnx', '--architecture', 'dcgan'], /Expected a file that torch\.save wrote, got /],
    [['--openvino', 'a.xml', 'b.xml', 'c.xml'], /Expected 1 argument, got 'c\.xml' besides/],
    [['--openvino', 'a.xml'], /Expected a file of OpenVINO at 'a\.xml', got no such file/],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = run('import', ...args, '--out', 'model', ...normal);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(at('model'))).toBe(false);
  });

  test('what trained a network of OpenVINO must be said', () => {
    expect(run('import', '--openvino', 'a.xml', '--out', 'm').stderr).toMatch(
      /Expected --latent, got none: see --help/,
    );
  });
});

describe('import refuses in one sentence, and writes nothing', () => {
  test.each([
    [['--range', '-1..1', '--latent', 'gauss'], /Expected --latent normal or uniform, got 'gauss'/],
    [['--latent', 'normal', '--range', '0..2'], /Expected --range 0\.\.1, -1\.\.1, 0\.\.255, got '0\.\.2'/],
    [['--latent', 'normal', '--range', '0..255'], /got values from .* set --range to -1\.\.1/],
    [[...normal, '--generator', 'none.onnx'], /an ONNX file at 'none\.onnx', got no such file/],
    [[...normal, '--generator', 'face.png'], /Expected an ONNX model, got \d+ bytes that are none/],
    [[...normal, '--discriminator', 'g.onnx'], /one input of the discriminator to be an image.* got 'noise'/],
    [[...normal, '--input', 'class=3'], /names of inputs in --input NAME=VALUE \('noise'\), got 'class'/],
    [[...normal, '--input', 'noise'], /Expected --input name=value or name=search, got 'noise'/],
    [[...normal, '--input', 'noise=often'], /got 'noise=often'/],
    [[...normal, '--latent-input', 'w'], /for --latent-input, got 'w'/],
    [[...normal, '--seed', 'x'], /Expected a whole number for --seed/],
    [[...normal, '--color'], /got '--color'/],
    [['--latent', 'normal'], /Expected --range, got none: see --help/],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = bring(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(at('model'))).toBe(false);
  });
});

describe('inspect', () => {
  test('tells of a file, aligned for people and in JSON for programs', () => {
    const { status, stdout } = run('inspect', 'd.onnx');
    expect(status).toBe(0);
    expect(stdout).toContain('  inputs        input  float32  [batch_size, 3, 16, 16]\n');
    expect(stdout).toContain('  gradient      passes from every output to every float input\n');
    expect(stdout).toMatch(/ {2}operators {5}Reshape {4}4\n {16}Add {8}3\n/);
    const told = run('inspect', 'd.onnx', '--json').stdout;
    expect(told.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(told)).toMatchObject({ file: 'd.onnx', opset: 18, parameters: { count: 2713 }, obstacles: [] });
  });

  test('tells of a model folder and of one that ships', () => {
    expect(bring(...normal).status).toBe(0);
    expect(run('inspect', 'model').stdout).toMatch(/^model: 8 normal numbers to 16×16 images.*, no discriminator/);
    const { networks: both } = JSON.parse(run('inspect', 'toon-64', '--json').stdout);
    expect(both.map(({ file }: { file: string }) => file)).toEqual(['generator.onnx', 'discriminator.onnx']);
    expect(both[0].flops.forward).toBeGreaterThan(30e6);
  });

  test('tells where the gradient stops', () => {
    const model = fromBinary(ModelProtoSchema, generator);
    const relu = model.graph!.node.filter(({ opType }) => opType === 'Relu');
    for (const node of relu) Object.assign(node, { opType: 'Fancy', domain: 'com.example' });
    writeFileSync(at('g.onnx'), toBinary(ModelProtoSchema, model));
    const { status, stdout } = run('inspect', 'g.onnx');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /gradient {6}stops at {2}com\.example\.Fancy {2}2 {2}unknown operator, first at node 'v\d+'/,
    );
    expect(stdout).toMatch(/FLOPs {9}not known\n {16}Expected/);
  });

  test('of what is no network, one sentence', () => {
    for (const [path, message] of [
      ['face.png', /Expected an ONNX model/],
      ['none.onnx', /got no such file/],
      ['.', /got none there/],
    ] as const) {
      const { status, stderr } = run('inspect', path);
      expect(status).toBe(2);
      expect(stderr).toMatch(message);
    }
  });
});
