import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { follow, onAbort, unlessAborted } from '../../src/base/abort.ts';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

test('however much a signal stops, it has one listener, and none once nothing listens', () => {
  const { signal } = new AbortController();
  const heard = Array.from({ length: 20 }, () => onAbort(signal, () => {}));
  expect(listeners(signal)).toBe(1);
  for (const one of heard.slice(1)) one[Symbol.dispose]();
  expect(listeners(signal)).toBe(1);
  heard[0]![Symbol.dispose]();
  heard[0]![Symbol.dispose]();
  expect(listeners(signal)).toBe(0);
  using _again = onAbort(signal, () => {});
  expect(listeners(signal)).toBe(1);
});

test('all that listen are told once, in their order, but those that were disposed of', () => {
  const controller = new AbortController();
  const told: string[] = [];
  const listen = (name: string) => onAbort(controller.signal, () => told.push(name));
  const [first] = [listen('first'), listen('second'), listen('third')];
  first![Symbol.dispose]();
  controller.abort();
  expect(told).toEqual(['second', 'third']);
  first![Symbol.dispose]();
  expect(listeners(controller.signal)).toBe(0);
});

test('a signal that follows others is aborted with the first of them, for its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using following = follow(one.signal, undefined, other.signal);
  other.abort(new Error('other'));
  one.abort(new Error('one'));
  expect(following.signal.reason).toEqual(new Error('other'));
  expect(follow(one.signal).signal.reason).toEqual(new Error('one'));
  const { signal } = new AbortController();
  const left = follow(signal);
  left[Symbol.dispose]();
  expect(listeners(signal)).toBe(0);
});

test('a promise gives way to a signal, and leaves nothing on it', async () => {
  const controller = new AbortController();
  expect(await unlessAborted(Promise.resolve(3), controller.signal)).toBe(3);
  await new Promise(setImmediate);
  expect(listeners(controller.signal)).toBe(0);
  const stopped = unlessAborted(new Promise(() => {}), controller.signal);
  controller.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  await expect(unlessAborted(Promise.resolve(3), controller.signal)).rejects.toThrow('enough');
});
