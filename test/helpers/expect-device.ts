/** @file What every device must have shown. */

import { expect } from 'vitest';
import type { Device } from '../../src/runtime/devices.ts';
import type { StateSeen } from './device-tasks.ts';
import type { Agreement, Extent } from './devices.ts';

/** Float32 against float64. WebGPU promises less of sines: 2⁻¹¹ (WGSL, "accuracy of built-in functions"). */
function tolerance(name: string, device: Device): number {
  return device === 'webgpu' && /^(Sin|Cos|Tan) /.test(name) ? 2 ** -11 : 5e-5;
}

export function expectAgreement(found: readonly Agreement[], device: Device, extent: Extent): void {
  expect(found.length).toBeGreaterThan({ whole: 400, sample: 125 }[extent]);
  expect(found.filter(({ name, difference }) => !(difference <= tolerance(name, device)))).toEqual([]);
}

/** The state that {@link useState} took through all that may happen to it. */
export function expectState(seen: StateSeen, device: Device): void {
  expect(seen).toEqual({
    device,
    far: device === 'webgpu',
    totals: [6, 0, 12, 12, 3, 36],
    contents: [[4, 8, 12], [4, 8, 12], [2, 2, 2], [42]],
    failure: "LatentfillError: run: expected 3 values for input 'x' [3], got none.",
    same: true,
  });
}
