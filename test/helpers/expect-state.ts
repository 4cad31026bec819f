/** @file What the state of every device must have gone through. */

import { expect } from 'vitest';
import type { Device } from '../../src/runtime/devices.ts';
import type { StateSeen } from './device-tasks.ts';

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
