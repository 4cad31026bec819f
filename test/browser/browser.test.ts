import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Device } from '../../src/runtime/devices.ts';
import { chromiumMissing, chromiumPath, type Site, serveSite } from '../helpers/chromium.ts';
import { searchLosses } from '../helpers/device-tasks.ts';
import { expectState } from '../helpers/expect-state.ts';
import { expectClose } from '../helpers/numbers.ts';
import type { Tasks } from './page.ts';

type Result<K extends keyof Tasks> = Awaited<ReturnType<Tasks[K]>>;

/** Runs a task in the page. */
async function inPage<K extends keyof Tasks>(page: Page, task: K, device?: string): Promise<Result<K>> {
  await page.waitForFunction('globalThis.tasks !== undefined');
  return page.evaluate<Result<K>>(`tasks.${task}(${JSON.stringify(device)})`);
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

    test('operators and gradients agree with the reference', async () => {
      const found = await inPage(page, 'agreement', device);
      expect(found.length).toBeGreaterThan(10);
      expect(found.filter(({ difference }) => !(difference <= 1e-5))).toEqual([]);
    });

    test('state stays, is shared, comes back, and survives a failed run', async () => {
      expectState(await inPage(page, 'useState', device), device);
    });

    test('a search takes the same steps as on the CPU', async () => {
      expectClose(await inPage(page, 'searchLosses', device), await searchLosses('cpu'), 1e-4);
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

  test('a page that is not cross-origin isolated runs on one thread', async () => {
    const { page } = await site.open({ isolated: false });
    expect(await page.evaluate('crossOriginIsolated')).toBe(false);
    expectState(await inPage(page, 'useState', 'wasm'), 'wasm');
  });
});
