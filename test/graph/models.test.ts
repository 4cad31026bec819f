/** Gradients of exported generators, discriminators and feature networks against PyTorch's, to 1e-4 of the largest. */

import { describe, expect, test } from 'vitest';
import { modelAgreement } from '../helpers/exported.ts';
import { modelCases } from '../helpers/models.ts';
import { deviceUnderTest } from '../helpers/under-test.ts';

const { device, missing, label } = deviceUnderTest();

describe.skipIf(missing)(label, () => {
  test.each(modelCases().map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    expect(await modelAgreement(each, device)).toBeLessThan(1e-4);
  });
});
