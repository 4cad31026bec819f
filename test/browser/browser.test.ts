import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Device } from '../../src/runtime/devices.ts';
import { chromiumMissing, chromiumPath, type Site, serveSite, twoThreads } from '../helpers/chromium.ts';
import { searchLosses } from '../helpers/device-tasks.ts';
import { expectAgreement, expectState } from '../helpers/expect-device.ts';
import { extent } from '../helpers/extent.ts';
import { modelCases } from '../helpers/models.ts';
import { expectClose } from '../helpers/numbers.ts';
import type { Tasks } from './page.ts';

type Result<K extends keyof Tasks> = Awaited<ReturnType<Tasks[K]>>;

/** Runs a task in the page. */
async function inPage<K extends keyof Tasks>(
  page: Page,
  task: K,
  given?: Parameters<Tasks[K]>[0] | string,
): Promise<Result<K>> {
  await page.waitForFunction('globalThis.tasks !== undefined');
  return page.evaluate<Result<K>>(`tasks.${task}(${JSON.stringify(given)})`);
}

describe.skipIf(!chromiumPath)(`in Chromium${chromiumPath ? '' : ` (${chromiumMissing})`}`, () => {
  let site: Site;
  beforeAll(async () => {
    site = await serveSite(import.meta.dirname);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  describe.each<Device>(['wasm', 'webgpu'])('%s', (device) => {
    let page: Page;
    let errors: string[];
    beforeAll(async () => {
      ({ page, errors } = await site.open());
    });
    afterAll(() => page.close());

    test('all operators and their gradients agree with the reference', async () => {
      expectAgreement(await inPage(page, 'agreement', { device, extent }), device, extent);
    }, 900_000);

    test("gradients of exported models agree with PyTorch's", async () => {
      // Every family of the sample is held against PyTorch on WebGPU under Node; here the kernels are those of another build.
      const few = device === 'webgpu' && extent === 'sample' ? /^(dcgan_generator|vit|wgangp_critic)/ : /./;
      const tried = modelCases(extent).filter(({ name }) => few.test(name));
      expect(tried.length).toBeGreaterThan(2);
      for (const model of tried) {
        expect(await inPage(page, 'modelAgreement', { model, device }), model.name).toBeLessThan(1e-4);
      }
    }, 900_000);

    test('state stays, is shared, comes back, and survives a failed run', async () => {
      expectState(await inPage(page, 'useState', device), device);
    });

    test('a search takes the same steps as on the CPU', async () => {
      expectClose(await inPage(page, 'searchLosses', device), await searchLosses('cpu'), 1e-4);
      expect(errors).toEqual([]);
    });

    test('a worker fills as the page does, and hears a signal', async () => {
      const { worker, here } = await inPage(page, 'fillInWorker', device);
      expect(worker.device).toBe(device);
      expect(worker.steps).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
      expect(worker.message).toBe('enough');
      expectClose(worker.losses, here.losses, 1e-4);
      expectClose(worker.data, here.data, 1e-3);
      expect(errors).toEqual([]);
    });
  });

  test('a page chooses: wasm where nothing is said, no GPU made of software, nothing that is not there', async () => {
    const { page } = await site.open();
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    expect((await inPage(page, 'chooseDevice')).device).toBe('wasm');
    expect((await inPage(page, 'chooseDevice', 'webgpu')).device).toBe('webgpu');
    const auto = await inPage(page, 'chooseDevice', 'auto');
    expect(auto.device).toBe('wasm');
    expect(auto.reason).toMatch(/^wasm took [\d.]+ ms for a trial, webgpu is missing \(.*swiftshader.*\)/);
    expect(await inPage(page, 'chooseDevice', 'cpu')).toEqual({
      device: 'none',
      reason: "Expected one of the devices here (webgpu, wasm, auto), got 'cpu': choose one.",
    });
  });

  test.each([
    ['only a GPU made of software', true, /webgpu is missing \(only google swiftshader.*\)/],
    ['no adapter', false, /webgpu is missing \((there is no adapter|.* has no WebGPU)/],
  ])('with %s, auto downloads the plain build alone', async (_, webgpu, reason) => {
    const { page } = await site.open({ webgpu });
    const builds = new Set<string>();
    page.on('request', (request) => {
      const [build] = /ort-wasm-simd-threaded\.?[a-z]*(?=.*\.wasm)/.exec(request.url()) ?? [];
      if (build) builds.add(build);
    });
    const auto = await inPage(page, 'chooseDevice', 'auto');
    expect(auto.device).toBe('wasm');
    expect(auto.reason).toMatch(reason);
    expect([...builds]).toEqual(['ort-wasm-simd-threaded']);
    // Where it is asked for by name, it is downloaded if there is any adapter.
    expect((await inPage(page, 'chooseDevice', 'webgpu')).device).toBe(webgpu ? 'webgpu' : 'none');
    expect(builds.has('ort-wasm-simd-threaded.asyncify')).toBe(webgpu);
  });

  test("where ONNX Runtime's files were not shipped, that is what is told", async () => {
    const { page } = await site.open();
    await page.route(/\.wasm$/, (route) => route.fulfill({ status: 404 }));
    const serve = /: serve ONNX Runtime's \.mjs and \.wasm files beside the page's own\.$/;
    expect(await inPage(page, 'chooseDevice', 'auto')).toEqual({
      device: 'none',
      reason: expect.stringMatching(serve),
    });
    await expect(inPage(page, 'useState', 'wasm')).rejects.toThrow(
      /Expected ONNX Runtime to load the graph of 'total', 'a' on wasm, got ".*": serve ONNX Runtime's/,
    );
  });

  test('a model is fetched once, file by file, and again where it was damaged', async () => {
    const { page, errors } = await site.open();
    let asked: string[] = [];
    await page.route('**/models/**', (route) => {
      const path = new URL(route.request().url()).pathname;
      asked.push(path.split('/').at(-1)!);
      return route.fulfill({ path: join(import.meta.dirname, '../..', path) });
    });
    const first = await inPage(page, 'fetchModel', 'models/fashion-32');
    expect(first).toMatchObject({ name: 'fashion-32', loaded: first.total });
    expect(first.loaded).toBeGreaterThan(first.bytes);
    expect(asked.sort()).toEqual(['discriminator.onnx', 'generator.onnx', 'model.json', 'vocabulary.json']);
    asked = [];
    expect(await inPage(page, 'fetchModel', '/models/fashion-32/')).toEqual(first);
    expect(asked).toEqual(['model.json']);
    asked = [];
    await page.evaluate(`(async () => {
      const kept = await caches.open('latentfill');
      for (const key of await kept.keys()) await kept.put(key, new Response('something else'));
    })()`);
    expect(await inPage(page, 'fetchModel', 'models/fashion-32')).toEqual(first);
    expect(asked).toHaveLength(4);
    expect(errors).toEqual([]);
  });

  test('an isolated page tries how many threads are worth it, and begins those alone', async () => {
    const { page, errors } = await site.open();
    const { reason } = await inPage(page, 'chooseDevice');
    const tried = / in a trial$|did not begin within 50 ms$|too busy for a trial$/;
    const [, threads] = /^wasm is always here; it takes (\d+ threads|one thread), /.exec(reason)!;
    expect(reason).toMatch(tried);
    expectState(await inPage(page, 'useState', 'wasm'), 'wasm');
    const others = threads === 'one thread' ? 0 : Number.parseInt(threads!, 10) - 1;
    await expect.poll(() => page.workers().length, { timeout: 10_000 }).toBe(others); // ONNX Runtime's; those of the trial are gone
    expect(errors).toEqual([]);
  });

  test('where a policy forbids the trial, threads are as ONNX Runtime takes them by itself', async () => {
    const { page, errors } = await site.open();
    await twoThreads(page);
    const { reason } = await inPage(page, 'chooseDevice');
    expect(reason).toMatch(/; it takes 2 threads, untried, as no worker for it may begin$/);
    expectState(await inPage(page, 'useState', 'wasm'), 'wasm');
    expectClose(await inPage(page, 'searchLosses', 'wasm'), await searchLosses('cpu'), 1e-4);
    expect(page.workers()).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test('a page that is not cross-origin isolated runs on one thread', async () => {
    const { page } = await site.open({ isolated: false });
    expect(await page.evaluate('crossOriginIsolated')).toBe(false);
    expect((await inPage(page, 'chooseDevice')).reason).toBe(
      'wasm is always here; it takes one thread, as the page is not cross-origin isolated',
    );
    expectState(await inPage(page, 'useState', 'wasm'), 'wasm');
  });
});

test.skipIf(!chromiumPath)(
  `the example fills its hole${chromiumPath ? '' : ` (${chromiumMissing})`}`,
  async () => {
    await using site = await serveSite(join(import.meta.dirname, '../../examples/browser'));
    const { page, errors } = await site.open();
    await page.waitForFunction("document.getElementById('status').textContent.startsWith('Filled in')", null, {
      timeout: 120_000,
    });
    const pixels = (id: string): Promise<number[]> =>
      page.evaluate(`(() => {
      const canvas = document.getElementById('${id}');
      return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data];
    })()`);
    const [given, filled, truth] = [await pixels('given'), await pixels('filled'), await pixels('truth')];
    const out = join(import.meta.dirname, '../../out/test');
    await page.screenshot({ path: join(out, 'example.png') });
    expect(errors).toEqual([]);
    expect(filled).toHaveLength(64 * 64 * 4);
    let [missing, away] = [0, 0];
    for (let i = 0; i < given.length; i += 4) {
      expect(filled[i + 3]).toBe(255);
      if (given[i + 3] === 255) {
        if (filled[i] !== given[i] || filled[i + 1] !== given[i + 1] || filled[i + 2] !== given[i + 2])
          expect.fail(`${i}`);
      } else {
        missing++;
        for (let c = 0; c < 3; c++) away += Math.abs(filled[i + c]! - truth[i + c]!) / 3;
      }
    }
    expect(missing).toBeGreaterThan(200);
    expect(away / missing).toBeGreaterThan(0); // something was put there,
    expect(away / missing).toBeLessThan(32); // and it is near what was there, in grey levels
  },
  180_000,
);
