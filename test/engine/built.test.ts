/** @file What is in dist, in plain Node: an inpainter in a process of its own, and how both processes end. */

import { expect, test } from 'vitest';
import { gone, withInpainter } from '../helpers/plain-node.ts';

const fill = `
const { candidates } = await inpainter.inpaint(hole, { steps: 7, restarts: 2, screen: 32 });
console.log('filled ' + candidates.length);
`;

test.each([
  ['when it is disposed of', `${fill} await inpainter[Symbol.asyncDispose](); console.log('done');`],
  ['when it is disposed of before its first fill', "await inpainter[Symbol.asyncDispose](); console.log('done');"],
  ['when it is forgotten', `${fill} console.log('done');`],
  ['when it is forgotten before its first fill', "console.log('done');"],
  [
    'when a fill was stopped, and it is forgotten',
    `await inpainter.inpaint(hole, { steps: 100000 }, { signal: AbortSignal.timeout(500) }).catch(() => console.log('done'));`,
  ],
  [
    'when a search was left, and it is forgotten',
    `for await (const _ of inpainter.search(hole, { steps: 100000 })) break;
     console.log('done');`,
  ],
  [
    'when no device was found for it',
    `await openInpainter(model, { where: 'process', device: 'wasm' }).catch(() => console.log('done'));`,
  ],
])('the process ends by itself, and its inpainter with it, %s', async (_how, source) => {
  const node = withInpainter(source);
  const place = Number(await node.line('place'));
  if (source.includes(fill)) expect(await node.line('filled')).toBe('2');
  await node.line('done');
  expect(await node.closed).toEqual({ code: 0, signal: null, errors: '' });
  await gone(place, 5);
});
