/** @file Pages built by Vite without any configuration, opened in a headless Chromium. */

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, createServer, preview } from 'vite';

/** Where a Chromium is; undefined where there is none. */
export const chromiumPath = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== '' && existsSync(path),
);

/** What a skipped test says. */
export const chromiumMissing = 'skipped: needs Chromium, at /usr/bin/chromium or where CHROMIUM says';

const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** With them there is WebGPU on SwiftShader, a GPU made of software. */
const WEBGPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--ignore-gpu-blocklist',
];

/** What makes a page cross-origin isolated: then it may have threads. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** A Chromium for pages that stand alone. */
export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath!, args: QUIET });

/** A site that Vite built, and browsers, which start when they are first needed. */
export interface Site extends AsyncDisposable {
  /** Opens the site's page in a tab of its own; what goes wrong in it ends up in `errors`. */
  open(how?: { isolated?: boolean; webgpu?: boolean }): Promise<{ page: Page; errors: string[] }>;
}

/**
 * Builds the folder `root`, which holds an index.html, and serves it, with the headers of isolation or without.
 * `development`: serves it as `vite` alone does, unbuilt.
 */
export async function serveSite(root: string, { development = false } = {}): Promise<Site> {
  const outDir = await mkdtemp(join(tmpdir(), 'latentfill-site-'));
  const config = { configFile: false, root, logLevel: 'warn' } as const;
  if (!development) await build({ ...config, build: { outDir, emptyOutDir: true, reportCompressedSize: false } });
  const serve = async (headers: Record<string, string>) =>
    development
      ? (await createServer({ ...config, server: { port: 0, headers } })).listen()
      : preview({ ...config, build: { outDir }, preview: { port: 0, headers } });
  const servers = new Map<boolean, Awaited<ReturnType<typeof serve>>>();
  const browsers = new Map<boolean, Promise<Browser>>();
  const browser = (webgpu: boolean) => {
    const args = webgpu ? [...QUIET, ...WEBGPU] : QUIET;
    const launched = browsers.get(webgpu) ?? chromium.launch({ executablePath: chromiumPath!, args });
    browsers.set(webgpu, launched);
    return launched;
  };
  return {
    async open({ isolated = true, webgpu = true } = {}) {
      const server = servers.get(isolated) ?? (await serve(isolated ? ISOLATED : {}));
      servers.set(isolated, server);
      const page = await (await browser(webgpu)).newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(server.resolvedUrls!.local[0]!);
      return { page, errors };
    },
    async [Symbol.asyncDispose]() {
      for (const launched of browsers.values()) await (await launched).close();
      for (const server of servers.values()) await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

/**
 * Gives WebAssembly two threads in a page, however busy the machine is: a policy forbids the workers of the trial, and then half
 * of the cores are taken, of which it is said to have four. Vite ships ONNX Runtime's own as files, which may begin.
 */
export async function twoThreads(page: Page): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Emulation.setHardwareConcurrencyOverride', { hardwareConcurrency: 4 });
  const policy = `<meta http-equiv="Content-Security-Policy" content="worker-src 'self'">`;
  await page.evaluate(`document.head.insertAdjacentHTML('beforeend', ${JSON.stringify(policy)})`);
}
