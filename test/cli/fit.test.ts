import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { centreHole } from '../../src/image/holes.ts';
import { image } from '../../src/image/image.ts';
import { writeImage } from '../../src/image/image-file.ts';
import { runIn } from '../helpers/command.ts';
import { picture } from '../helpers/pictures.ts';

let dir = '';
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-fit-'));
  cpSync(new URL('../../models/toon-64', import.meta.url).pathname, join(dir, 'model'), { recursive: true });
  await writeImage(join(dir, 'mask.png'), image(64, 64, 1, centreHole(64, 64).data));
  await writeImage(
    join(dir, 'stripes.png'),
    picture(64, 64, (x, y, c) => (Math.floor((x + 2 * y) / 16) + c) % 2),
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

const run = (args: readonly string[]) => runIn(dir, args);

test('a picture that the model does not know is told, in words and in JSON; a face of its kind is not', async () => {
  const face = new URL('../../models/toon-64/heldout/0.png', import.meta.url).pathname;
  const fill = (picture: string, ...more: string[]) =>
    run(['inpaint', picture, '--mask', 'mask.png', '--out', 'out.png', ...more]);
  const [known, unknown, json] = [await fill(face), await fill('stripes.png'), await fill('stripes.png', '--json')];
  expect([known.code, unknown.code]).toEqual([0, 0]);
  expect(known.stdout).not.toMatch(/does not know/);
  expect(unknown.stdout).toMatch(
    /; this model does not know such pictures \(coarse loss 0\.\d\d; 95 % of its own are below 0\.\d\d\)\n$/,
  );
  const { fit } = JSON.parse(json.stdout);
  expect(fit.known).toBe(false);
  expect(fit.loss).toBeGreaterThan(fit.usual);
});

test('fit keeps the losses of held-out pictures in the card', { timeout: 180_000 }, async () => {
  const before = JSON.parse(readFileSync(join(dir, 'model/model.json'), 'utf8'));
  const { code, stdout, stderr } = await run(['fit', 'model', '--data', 'toon', '--count', '20']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^model: 20 held-out pictures with holes, median coarse loss 0\.0\d+, 95 % below 0\.\d+; kept/,
  );
  const after = JSON.parse(readFileSync(join(dir, 'model/model.json'), 'utf8'));
  expect(after.fit.pictures).toBe(20);
  expect({ ...after, fit: before.fit }).toEqual(before);
  const few = await run(['fit', 'model', '--data', 'toon', '--count', '7']);
  expect([few.code, few.stderr]).toEqual([2, expect.stringMatching(/Expected --count of at least 20, got 7/)]);
});
