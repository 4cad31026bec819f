/** @file The device that a test file is run with: vitest.config.ts runs some once more, with WebGPU. */

import { existsSync } from 'node:fs';
import type { Device } from '../../src/runtime/devices.ts';

/** WebGPU is tested on a GPU made of software that Debian's chromium brings. */
export function deviceUnderTest(): { device: Device; missing: boolean; label: string } {
  const device = (process.env.LATENTFILL_TEST_DEVICE ?? 'cpu') as Device;
  const missing = device === 'webgpu' && !existsSync(process.env.VK_ICD_FILENAMES ?? '');
  const why = missing ? " (skipped: needs SwiftShader, from Debian's chromium package)" : '';
  return { device, missing, label: `${device}${why}` };
}
