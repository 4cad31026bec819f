/** Gradients of exported generators, discriminators and feature networks against PyTorch's, to 1e-4 of the largest. */

import { describe, expect, test } from 'vitest';
import type { Extent } from '../helpers/devices.ts';
import { modelAgreement } from '../helpers/exported.ts';
import { extent } from '../helpers/extent.ts';
import { modelCases } from '../helpers/models.ts';
import { deviceUnderTest } from '../helpers/under-test.ts';

const { device, missing, label } = deviceUnderTest();

describe.skipIf(missing)(label, () => {
  const tried = device === 'cpu' ? 'whole' : extent;
  test.each(modelCases(tried).map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    expect(await modelAgreement(each, device)).toBeLessThan(1e-4);
  });
});

test('the sample has a model of each family', () => {
  const families = (extent: Extent) => [...new Set(modelCases(extent).map(({ family }) => family))];
  expect(families('sample')).toEqual(families('whole'));
});
