import { describe, expect, test } from 'vitest';
import { chooseDevice } from '../../src/runtime/devices.ts';
import { graphCases, operatorCases, searchLosses, useState } from '../helpers/device-tasks.ts';
import { agreement } from '../helpers/devices.ts';
import { expectAgreement, expectState } from '../helpers/expect-device.ts';
import { extent } from '../helpers/extent.ts';
import { expectClose } from '../helpers/numbers.ts';
import { deviceUnderTest } from '../helpers/under-test.ts';

const { device, missing, label } = deviceUnderTest();

describe.skipIf(missing)(label, () => {
  test('all operators and their gradients agree with the reference', async () => {
    const tried = device === 'cpu' ? 'whole' : extent; // a GPU made of software compiles each kernel for a while
    expectAgreement(await agreement([...operatorCases(tried), ...graphCases()], device), device, tried);
  }, 900_000);

  test('state stays, is shared, comes back, and survives a failed run', async () => {
    expectState(await useState(device), device);
  });

  test('a search takes the same steps as on the CPU', async () => {
    expectClose(await searchLosses(device), await searchLosses('cpu'), 1e-4);
  });

  test('a device that is asked for is used, or the reason is told', async () => {
    expect((await chooseDevice(device)).device).toBe(device);
    expect((await chooseDevice()).device).toBe('cpu');
    await expect(chooseDevice('wasm')).rejects.toThrow(
      "Expected one of the devices here (cuda, webgpu, cpu, auto), got 'wasm': choose one.",
    );
  });

  test('auto says what it tried, and prefers no GPU made of software', async () => {
    const { device: chosen, reason } = await chooseDevice('auto');
    expect(reason).toMatch(/^cpu took [\d.]+ ms for a trial, webgpu .*, cuda .*/);
    if (device === 'webgpu') expect(chosen).toBe('cpu');
  });
});
