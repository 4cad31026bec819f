import { expect, test } from 'vitest';
import { healthCheck } from '../../src/gan/health.ts';

const line = (more: object) => ({ cycle: 7, epoch: 1, 'd.loss': 0.5, 'd.realLogit': 1, 'd.fakeLogit': -1, ...more });

test('a number that is none stops training at once, and the last good checkpoint is named', () => {
  expect(() => healthCheck()(line({ 'g.loss': Number.NaN }), 4)).toThrow(
    /g\.loss = NaN in cycle 7; the last good checkpoint is epoch 4: begin again/,
  );
  expect(() => healthCheck()(line({ 'd.r1': Number.POSITIVE_INFINITY }), undefined)).toThrow(
    /no checkpoint was written yet/,
  );
});

test.each([
  ['says the same of everything', { 'd.fakeLogit': 1 }, /the same logit for all/],
  ['is too sure', { 'd.loss': 1e-8 }, /a loss of 1\.0e-8/],
])('a discriminator that %s for 200 cycles stops training, but not one that recovers', (_, collapsed, message) => {
  const check = healthCheck();
  for (let i = 0; i < 199; i++) check(line(collapsed), 1);
  check(line({}), 1);
  for (let i = 0; i < 199; i++) check(line(collapsed), 1);
  expect(() => check(line(collapsed), 1)).toThrow(message);
});
