import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseJson, parseWrittenJson } from '../../src/base/json.ts';

test('what a person wrote: its value, or where it stops being JSON', () => {
  expect(parseWrittenJson('{"steps": 3}', 'a.json', 'options')).toEqual({ steps: 3 });
  expect(() => parseWrittenJson('{"steps": 3,}', 'a.json', 'options')).toThrow(
    expect.objectContaining({
      code: 'options',
      message: expect.stringMatching(
        /^Expected JSON in 'a\.json', got something else \(.*position 12.*\): correct it\.$/,
      ),
    }),
  );
  expect(() => parseWrittenJson(' \n', 'a.json', 'file')).toThrow(
    expect.objectContaining({ code: 'file', message: "Expected JSON in 'a.json', got an empty file: correct it." }),
  );
});

test("what a program wrote: the schema's value, or one sentence for whatever is wrong with it", () => {
  const expected = {
    schema: z.object({ steps: z.int() }),
    ...{ what: 'a run', path: 'r', remedy: 'copy it again', code: 'file' as const },
  };
  expect(parseJson('{"steps": 3}', expected)).toEqual({ steps: 3 });
  for (const text of ['{"steps": 3.5}', '{"steps"']) {
    expect(() => parseJson(text, expected)).toThrow("Expected a run in 'r', got something else: copy it again.");
  }
});
