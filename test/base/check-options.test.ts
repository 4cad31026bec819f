import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkControl, parseOptions } from '../../src/base/check-options.ts';
import { LatentfillError } from '../../src/base/errors.ts';

const schema = z.strictObject({
  steps: z.int().min(1).default(3),
  inner: z.strictObject({ rate: z.number() }).optional(),
});

test('options are told with an issue for each that is wrong', () => {
  expect(parseOptions(schema, {}, 'options')).toEqual({ steps: 3 });
  let error: unknown;
  try {
    parseOptions(schema, { steps: 0, inner: { rate: 'fast' } }, 'valid options');
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(LatentfillError);
  const { code, issues, message } = error as LatentfillError;
  expect(code).toBe('options');
  expect(issues.map(({ path }) => path)).toEqual([['steps'], ['inner', 'rate']]);
  expect(message).toBe(
    "Expected valid options, got the option 'steps': expected at least 1, got 0; 'inner.rate': expected a number, got fast.",
  );
  expect(() => parseOptions(schema, { stepz: 3, steps: 1.5 }, 'options')).toThrow(
    "Expected options, got the option 'steps': expected a whole number, got 1.5; 'stepz': there is no such option.",
  );
});

test('what stands beside the options has only keys that are known', () => {
  checkControl(undefined, ['signal']);
  checkControl({ signal: undefined }, ['signal']);
  const refused = (control: unknown) => expect(() => checkControl(control, ['signal', 'onStep']));
  refused(new AbortController().signal).toThrow('Expected { signal, onStep }, got a signal alone');
  refused({ onstep: () => {} }).toThrow("got 'onstep': check the name");
  refused(7).toThrow('got 7');
  refused(null).toThrow('got null');
});
