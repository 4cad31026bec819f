/** @file The pages of an evaluation, as a person opens them: report.html and by-eye.html, from files. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../src/data/open-dataset.ts';
import { type Evaluation, evaluate } from '../../src/eval/evaluation/evaluate.ts';
import { methodsOf } from '../../src/eval/methods/parse.ts';
import { protocols } from '../../src/eval/protocols/index.ts';
import { reportEvaluation } from '../../src/eval/reporting/report.ts';
import { loadModel } from '../../src/model/folder.ts';
import { chromiumMissing, chromiumPath, launchChromium } from '../helpers/chromium.ts';

/** A case as the page has it. */
interface Shown {
  readonly protocol: string;
  readonly picture: number;
  readonly truth: string;
  readonly fills: Readonly<Record<string, string>>;
}

describe.skipIf(!chromiumPath)(`in Chromium${chromiumPath ? '' : ` (${chromiumMissing})`}`, () => {
  let out: string;
  let browser: Browser;
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'latentfill-pages-'));
    const count = 3;
    const evaluation: Evaluation = {
      model: await loadModel(join(import.meta.dirname, '../../models/toon-64')),
      dataset: await openDataset('toon', { size: 64, split: 'heldout', count }),
      ...{
        source: 'toon </script>',
        protocols: [protocols.center!, protocols.half!],
        count,
        out,
        seed: 0,
        captions: false,
      },
      methods: methodsOf('mean,mine:steps=5,screen=8,restarts=2,harmonic@1', {
        nearestTraining: () => Promise.reject(new Error('nobody asked for it')),
      }),
    };
    const evaluated = await evaluate(evaluation);
    const { files } = await reportEvaluation(evaluation, evaluated, { reference: 'mine' });
    for (const [name, text] of Object.entries(files)) await writeFile(join(out, name), text);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    if (out) await rm(out, { recursive: true, force: true });
  });

  /** Opens a page; whatever goes wrong in it, or is forbidden it, ends up in `errors`. */
  async function open(name: string, [width, height] = [1200, 900]) {
    const page = await browser.newPage({ viewport: { width: width!, height: height! } });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('request', (request) => !/^(file|data|blob):/.test(request.url()) && errors.push(request.url()));
    await page.goto(pathToFileURL(join(out, name)).href);
    return { page, errors };
  }
  const widthOf = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth');
  const shownIn = async (page: Page): Promise<Shown[]> => JSON.parse((await page.textContent('#data'))!).cases;
  const sources = (page: Page) =>
    page.evaluate<string[]>(`[...document.querySelectorAll('#trial img')].map((image) => image.src)`);
  const status = (page: Page) => page.textContent('#status');
  async function saved(page: Page) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Save as JSON')]);
    expect(download.suggestedFilename()).toBe('by-eye.json');
    return JSON.parse(await readFile(await download.path(), 'utf8'));
  }

  test.each([
    [1200, 900],
    [380, 800],
  ])('report.html has tables, sheets and charts, at %i×%i', async (...size) => {
    const { page, errors } = await open('report.html', size);
    expect(await page.textContent('h1')).toBe('toon-64 on toon </script>');
    expect(await page.locator('table.figures').count()).toBe(4); // all of hole PSNR, all holes, and two kinds
    expect(await page.locator('.sheet.strips').count()).toBe(2);
    const columns = page.locator('.sheet.strips').first().locator('span');
    const names = ['hole', 'mine, before blending', 'mine', 'true', 'mean', 'harmonic'];
    expect(await columns.allTextContents()).toEqual(names);
    expect(await page.textContent('.sheet.strips >> xpath=preceding-sibling::p[1]')).toMatch(
      /random: 0 \(.*best of the others: .*White where a method was not asked\.$/,
    );
    expect(await page.locator('.charts svg').count()).toBe(4);
    const images = await page.evaluate<number[]>(`[...document.images].map(({ naturalHeight }) => naturalHeight)`);
    expect(images).toEqual(Array.from({ length: 12 }, () => 3 * 64));
    expect(await widthOf(page)).toBe(size[0]);
    await page.click('text=Judge by eye');
    expect(await page.textContent('h1')).toBe('By eye');
    expect(errors).toEqual([]);
  });

  test('which of two is better, by keys: all of one method, once undecided', async () => {
    const { page, errors } = await open('by-eye.html');
    const cases = await shownIn(page);
    expect(cases).toHaveLength(6);
    await page.selectOption('[name=b]', 'mine');
    await page.click('text=Begin');
    expect(await status(page)).toBe('Choose two different methods.');
    await page.selectOption('[name=b]', 'mean');
    await page.click('text=Begin');
    await page.keyboard.press(' '); // answers, and does not begin again
    const seen = new Set<string>();
    for (let i = 1; i < 6; i++) {
      expect(await status(page)).toBe(`${i + 1} of 6`);
      const [left, right] = await sources(page);
      const { picture, protocol, fills } = cases.find(({ fills }) => [left, right].includes(fills.mine!))!;
      expect([left, right].sort()).toEqual([fills.mine, fills.mean].sort());
      seen.add(`${protocol} ${picture}`);
      const key = left === fills.mine ? 'ArrowLeft' : 'ArrowRight';
      await page.keyboard.down(key);
      if (i < 5) await page.keyboard.down(key); // held: counts once
      await page.keyboard.up(key);
    }
    expect(seen.size).toBe(5);
    expect(await page.locator('#result p').allTextContents()).toEqual([
      'mine better than mean: 5 of 5: 100 % [57, 100]',
      'could not tell: 1 of 6',
    ]);
    const { evaluation, question, summary, answers, at } = await saved(page);
    expect(evaluation).toBe('toon-64 on toon </script>');
    expect(question).toEqual({ kind: 'better', a: 'mine', b: 'mean' });
    expect(summary).toHaveLength(2);
    expect(Date.parse(at)).toBeGreaterThan(Date.now() - 60_000);
    expect(answers.map(({ better }: { better: string }) => better)).toEqual([null, ...Array(5).fill('mine')]);
    for (const { holes, picture, left, right, seconds } of answers) {
      expect(cases.some((one) => one.protocol === holes && one.picture === picture)).toBe(true);
      expect([left, right].sort()).toEqual(['mean', 'mine']);
      expect(seconds).toBeLessThan(60);
    }
    await page.keyboard.press('ArrowLeft'); // nothing is asked any more
    expect(await status(page)).toBe('6 answers');
    expect(errors).toEqual([]);
  });

  test('which of two is better, by clicks, on a phone: both pictures side by side; stopped early', async () => {
    const { page, errors } = await open('by-eye.html', [380, 800]);
    await page.selectOption('[name=a]', 'mean');
    await page.selectOption('[name=b]', 'harmonic');
    await page.click('text=Begin');
    expect(await status(page)).toBe('1 of 2'); // those that both have filled
    const [left, right] = [page.getByLabel('The left one is better'), page.getByLabel('The right one is better')];
    const [a, b] = [await left.boundingBox(), await right.boundingBox()];
    expect(a!.y).toBe(b!.y);
    expect(a!.x + a!.width).toBeLessThan(b!.x);
    expect(b!.x + b!.width).toBeLessThanOrEqual(360);
    expect(await widthOf(page)).toBe(380);
    const [first] = await sources(page);
    const isLeft = (await shownIn(page)).some(({ fills }) => fills.harmonic === first);
    await (isLeft ? left : right).click();
    await page.click('text=Stop here');
    expect(await page.locator('#result p').allTextContents()).toEqual([
      'mean better than harmonic: 0 of 1: 0 % [0, 79]',
      'could not tell: 0 of 1',
    ]);
    expect((await saved(page)).answers).toMatchObject([{ better: 'harmonic' }]);
    await page.click('text=Begin');
    await page.click('text=Cannot tell');
    await page.click('text=Stop here');
    expect((await page.locator('#result p').allTextContents())[0]).toBe('mean better than harmonic: no answers');
    expect(errors).toEqual([]);
  });

  test('real or filled, by keys and by clicks', async () => {
    const { page, errors } = await open('by-eye.html');
    await page.selectOption('[name=question]', 'real');
    expect(await page.isVisible('[name=b]')).toBe(false);
    await page.click('text=Begin');
    const cases = await shownIn(page);
    const said: { shown: string; said: string }[] = [];
    for (let i = 0; i < 6; i++) {
      const [source] = await sources(page);
      const isReal = cases.some(({ truth }) => truth === source);
      if (!isReal) expect(cases.map(({ fills }) => fills.mine)).toContain(source);
      // Of the first three every one is called real, of the others each by its right name.
      const answer = isReal || i < 3 ? 'real' : 'filled';
      if (i % 3 === 0) await page.click(answer === 'real' ? 'text=Real (r)' : 'text=Filled (f)');
      else await page.keyboard.press(i % 3 === 1 ? answer[0]! : answer[0]!.toUpperCase());
      said.push({ shown: isReal ? 'real' : 'mine', said: answer });
    }
    const { answers, question, summary } = await saved(page);
    expect(question.kind).toBe('real');
    expect(answers).toMatchObject(said);
    const count = (shown: string) => said.filter((one) => one.shown === shown);
    const asReal = count('mine').filter((one) => one.said === 'real').length;
    const start = (n: number, all: number) => (all === 0 ? 'no answers' : `${n} of ${all}: `);
    expect(summary[0]).toContain(`fills of mine taken for real: ${start(asReal, count('mine').length)}`);
    const real = count('real').length;
    expect(summary[1]).toContain(`real pictures taken for real: ${start(real, real)}`);
    expect(errors).toEqual([]);
  });
});
