import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorCodes, fromPosted, LatentfillError, toPosted } from '../../src/base/errors.ts';

test('a name from a file commands no terminal, turns no text round and fills no screen', () => {
  const { message } = new LatentfillError(
    'file',
    `Expected a file, got '\u001b[2J\u202e${'x'.repeat(5000)}end': rename it.`,
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(message).not.toMatch(/[\u0000-\u001f\u202e]/);
  expect(message).toMatch(/^Expected a file, got '\\u001b\[2J\\u202ex+…x+end': rename it\.$/);
  expect(message.length).toBeLessThan(400);
  const many = new LatentfillError('network', `Expected one input, got ${"'a', ".repeat(5000)}: name it.`);
  expect(many.message.length).toBeLessThanOrEqual(2000);
  expect(many.message).toMatch(/: name it\.$/);
});

test('an error crosses to another thread with its code and its issues; a fault with its stack', () => {
  const issues = [{ path: ['steps'], message: 'too few' }];
  const error = new LatentfillError('options', 'Expected valid options.', { issues });
  const back = fromPosted(structuredClone(toPosted(error)), 'there');
  expect(back).toBeInstanceOf(LatentfillError);
  expect(back).toMatchObject({ code: 'options', message: 'Expected valid options.', issues });
  const fault = fromPosted(toPosted(new TypeError('of ours')), 'there');
  expect(fault).not.toBeInstanceOf(LatentfillError);
  expect(fault!.message).toMatch(/^there: TypeError: of ours\n\s+at /);
  expect(fromPosted({}, 'there')).toBeUndefined();
});

test('docs/api.md lists each code with what it says', () => {
  const docs = readFileSync('docs/api.md', 'utf8').split('\n## Errors\n')[1]!;
  const listed = [...docs.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)].map(([, code, says]) => [
    code,
    says!.replaceAll('`', ''),
  ]);
  expect(listed).toEqual(Object.entries(errorCodes).map(([code, says]) => [code, says.replaceAll('`', '')]));
});
