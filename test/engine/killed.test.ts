/** @file The process of an inpainter ends with the one that began it, whatever either does. */

import { expect, test } from 'vitest';
import { gone, type PlainNode, withInpainter } from '../helpers/plain-node.ts';

/** Kills a process as soon as it has printed `word`; gives what the two have left on stderr. */
async function killed(node: PlainNode, word: string): Promise<string> {
  const place = Number(await node.line('place'));
  await node.line(word);
  process.kill(node.pid, 'SIGKILL');
  await gone(place, 5);
  const { signal, errors } = await node.closed;
  expect(signal).toBe('SIGKILL');
  return errors;
}

const long = '{ steps: 1000000, restarts: 2, screen: 32 }';
const told = "console.log('busy')";

test.each([
  ['begins', '', 'place'],
  ['has nothing to do', "console.log('idle'); setInterval(() => {}, 1000);", 'idle'],
  ['screens', `inpainter.inpaint(hole, { screen: 100000 }); ${told}`, 'busy'],
  ['fills', `await inpainter.inpaint(hole, ${long}, { onStep: ({ step }) => step[0] === 3 && ${told} });`, 'busy'],
  ['fills and tells nothing', `inpainter.inpaint(hole, ${long}); setTimeout(() => ${told}, 500);`, 'busy'],
  ['searches', `for await (const { step } of inpainter.search(hole, ${long})) if (step[0] === 3) ${told};`, 'busy'],
  [
    'has many calls to answer',
    `for (let i = 0; i < 20; i++) inpainter.inpaint(hole, ${long}, { onStep: ({ step }) => step[0] === 3 && ${told} });`,
    'busy',
  ],
  [
    'blends',
    `const large = { image: image(2048, 2048, 3, new Float32Array(3 * 2048 * 2048).fill(0.5)), mask: centreHole(2048, 2048) };
     const { candidates } = await inpainter.inpaint(large, { steps: 1, restarts: 1, screen: 32 });
     candidates[0].blended(); setTimeout(() => ${told}, 300);`,
    'busy',
  ],
])('also while it %s, without a word', async (_doing, source, word) => {
  expect(await killed(withInpainter(source), word)).toBe('');
});

test('a signal to both is for the one that asks: it still gets what it asked for, and then both end', async () => {
  const source = `
    process.once('SIGINT', () => console.log('heard'));
    const onStep = ({ step }) => step[0] === 3 && console.log('busy');
    const { candidates } = await inpainter.inpaint(hole, { steps: 400, restarts: 2, screen: 32 }, { onStep });
    console.log('filled ' + candidates.length);`;
  const node = withInpainter(source);
  const place = Number(await node.line('place'));
  await node.line('busy');
  for (const pid of [node.pid, place]) process.kill(pid, 'SIGINT'); // as a terminal does
  process.kill(place, 'SIGTERM'); // as what manages services may
  await node.line('heard');
  expect(await node.line('filled')).toBe('2');
  expect(await node.closed).toEqual({ code: 0, signal: null, errors: '' });
  await gone(place, 5);
});
