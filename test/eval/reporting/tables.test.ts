import { expect, test } from 'vitest';
import { summarise } from '../../../src/eval/reporting/summary.ts';
import { csvTable, figureText, markdownTables } from '../../../src/eval/reporting/tables.ts';
import { scores } from './scores.ts';

const known = { pictures: 4, photographs: 4 };

test('a figure as text: digits by its measure, no sign before zero, no interval where there is none', () => {
  expect(figureText({ ...known, mean: 22.489, low: 21.8, high: 23.1234 }, 'hole')).toBe('22.49 [21.80, 23.12]');
  expect(figureText({ ...known, mean: 0.5, low: -0.001, high: 1 }, 'hole', true)).toBe('+0.50 [0.00, +1.00]');
  expect(figureText({ ...known, mean: -1.26, low: null, high: null }, 'seam', true)).toBe('-1.3');
  expect(figureText({ ...known, mean: -0.3, low: null, high: null }, 'evaluations')).toBe('0');
  expect(figureText(null, 'hole')).toBe('–');
});

const rows = await summarise(
  [
    scores('ours', 'center', [
      { picture: 0, photograph: 'a', hole: 20, seconds: 1.23456789 },
      { picture: 1, photograph: 'a', hole: 22, seconds: 2 },
    ]),
    scores('a|b, "c"', 'center', [{ picture: 1, photograph: 'a', hole: 25, ssim: 0.5 }]),
    scores('ours', 'a,b', [{ picture: 0, hole: 1 / 3 }]),
    scores('a|b, "c"', 'a,b', []),
  ],
  'ours',
);

test('CSV: each figure in a line, with n and photographs, quoted as RFC 4180 has it', () => {
  const none = ',,,,';
  expect(csvTable(rows, 'ours')).toBe(
    [
      'protocol,method,measure,unit,n,photographs,mean,low,high,reference,n of difference,difference,difference low,difference high',
      `center,ours,hole,dB,2,1,21,,,${none}`,
      `center,ours,seconds,s,2,1,1.617284,,,${none}`,
      'center,"a|b, ""c""",hole,dB,1,1,25,,,ours,1,3,,',
      `center,"a|b, ""c""",ssim,,1,1,0.5,,,${none}`,
      `"a,b",ours,hole,dB,1,1,0.3333333,,,${none}`,
      `all,ours,hole,dB,1,1,10.16667,,,${none}`,
      '',
    ].join('\n'),
  );
});

test('Markdown: hole PSNR of all, then a table for each kind of hole, columns for what any row has, bars in names escaped', () => {
  expect(markdownTables(rows, 'ours').split('\n')).toEqual([
    ...['## Hole PSNR, dB', ''],
    '| method | n | beside ours | All holes | center | a,b |',
    '| --- | --: | --: | --: | --: | --: |',
    '| ours | 1 | – | 10.17 | 21.00 | 0.33 |',
    '| a\\|b, "c" | 0 | – | – | 25.00 | – |',
    ...['', '## center', ''],
    '| method | n | hole PSNR beside ours | hole PSNR, dB | SSIM | s/fill |',
    '| --- | --: | --: | --: | --: | --: |',
    '| ours | 2 | – | 21.00 | – | 1.62 |',
    '| a\\|b, "c" | 1 | +3.00 | 25.00 | 0.500 | – |',
    ...['', '## a,b', ''],
    '| method | n | hole PSNR beside ours | hole PSNR, dB |',
    '| --- | --: | --: | --: |',
    '| ours | 1 | – | 0.33 |',
    ...['', '## All holes', ''],
    '| method | n | hole PSNR beside ours | hole PSNR, dB |',
    '| --- | --: | --: | --: |',
    '| ours | 1 | – | 10.17 |',
    '| a\\|b, "c" | 0 | – | – |',
    '',
  ]);
});
