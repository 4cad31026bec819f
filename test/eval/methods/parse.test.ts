import { expect, test } from 'vitest';
import { groups, methodForms, methodsOf } from '../../../src/eval/methods/parse.ts';
import { resolveOptions } from '../../../src/inpaint/options.ts';
import { presets } from '../../../src/inpaint/presets.ts';

const sources = { nearestTraining: () => Promise.reject(new Error('nobody asked for it')) };
const of = (text: string) => methodsOf(text, sources);
const namesOf = (text: string) => of(text).map(({ name, most }) => (most === undefined ? name : `${name}@${most}`));
const only = (text: string) => {
  const [method, ...more] = of(text);
  expect(more).toEqual([]);
  return method!;
};
const optionsOf = (text: string) => {
  const { way } = only(text);
  return way.kind === 'search' ? resolveOptions(way.options) : undefined;
};

test('items are separated by commas, options belong to the item with a colon', () => {
  const [mine, other, mean, ...rest] = of(' mine:lambda=0.1,steps=300 , other=folder/,, mean');
  expect(rest).toEqual([]);
  expect(mine).toMatchObject({ name: 'mine', way: { kind: 'search', options: { lambda: 0.1, steps: 300 } } });
  expect(other).toMatchObject({ name: 'other', definition: 'folder/', way: { kind: 'finished', folder: 'folder/' } });
  expect(mean).toMatchObject({ name: 'mean', definition: 'mean', way: { kind: 'filler' } });
  // What is no option begins an item, also after options; what is one is a folder's name only without a colon before.
  expect(namesOf('a:steps=3,b=x,c:restarts=2,seed=4')).toEqual(['a', 'b', 'c']);
  expect(only('steps=folder')).toMatchObject({ name: 'steps', way: { kind: 'finished', folder: 'folder' } });
  expect(only('lama=/data/a=b')).toMatchObject({ name: 'lama', definition: '/data/a=b' });
});

test('keys in either spelling, booleans, numbers and words', () => {
  const given = 'learning-rate=5e-2,lambdaPrior=1,halving=false,norm=l2,blend=paste';
  expect(optionsOf(`mine:${given}`)).toEqual({
    ...presets.default,
    ...{ learningRate: 0.05, lambdaPrior: 1, halving: false, norm: 'l2', blend: 'paste', effort: 'normal', seed: 0 },
  });
  expect(optionsOf('mine:halving=true')!.halving).toBe(true);
  expect(only('mine:learning-rate=0.08').definition).toBe(only('ours:learningRate=0.080').definition);
  expect(only('mine:').definition).toBe(only('default').definition);
});

test('presets by name, and as the base of settings, which then are their name', () => {
  expect(optionsOf('yeh2017')).toMatchObject(presets.yeh2017);
  expect(optionsOf('yeh2017:steps=9,restarts=2')).toMatchObject({ ...presets.yeh2017, steps: 9, restarts: 2 });
  expect(namesOf('yeh2017,yeh2017:steps=9,restarts=2@4')).toEqual(['yeh2017', 'yeh2017:steps=9,restarts=2@4']);
  expect(namesOf('default-longer:steps=400,parts-2=folder')).toEqual(['default-longer', 'parts-2']);
  expect(optionsOf('mine:preset=bamos,steps=9')).toMatchObject({ ...presets.bamos, steps: 9 });
  expect(optionsOf('ift6266')).toMatchObject({ ...presets.ift6266, steps: 1000 });
});

test('parts of default: each differs from it, by what its name says', () => {
  const [first, ...parts] = of('default,parts');
  expect(parts.map(({ name }) => name)).toEqual(groups.parts);
  const definitions = [first!, ...parts].map(({ definition }) => definition);
  expect(new Set(definitions).size).toBe(definitions.length);
  expect(optionsOf('default-perceptual')).toEqual({ ...presets.default, lambda: 0, effort: 'normal', seed: 0 });
});

test('@N, also of groups; repetitions count once, clashes are refused', () => {
  expect(namesOf('baselines@3,mean@3,harmonic@3')).toEqual(groups.baselines!.map((name) => `${name}@3`));
  expect(namesOf('presets')).toEqual(Object.keys(presets));
  expect(namesOf('mean,mean,other=x@12,mine:steps=3,restarts=2@2')).toEqual(['mean', 'other@12', 'mine@2']);
  for (const clash of ['mean,mean@3', 'a:steps=3,a:steps=4', 'a=x,a=y', 'a=x,a:steps=3', 'baselines@2,mean']) {
    expect(() => of(clash), clash).toThrow(/^Expected each method once, got two called '(mean|a)': give one another/);
  }
});

test.each([
  ['', 'at least one method, got none: name some.'],
  [' , ', 'at least one method, got none: name some.'],
  ['maen', `a method as ${methodForms}, got 'maen': check the name.`],
  ['constructor', `a method as ${methodForms}, got 'constructor': check the name.`],
  ['default-scren', /got 'default-scren': check the name\. Parts are screen, .*, poisson\.$/],
  ['lama=', /got 'lama=': check the name\.$/],
  ['mean@0', "a number of pictures above 0 after '@', got 'mean@0'."],
  ['mean@x', /got 'mean@x': check the name/],
  ['mine:steps', "options as KEY=VALUE after the colon of 'mine:steps', got 'steps': docs/api.md has them."],
  ['mine:stepz=3', /after the colon of 'mine:stepz=3', got 'stepz=3'/],
  ['mine:__proto__=3', /after the colon of .*, got '__proto__=3'/],
  ['mine:steps=many', /Expected valid options.*steps/],
  ['mine:steps=', /Expected valid options.*steps/],
  ['mine:steps=1.5', /Expected valid options.*steps/],
  ['mine:preset=other', /Expected valid options.*preset/],
  ['mean:steps=3', "a name of its own before ':', since 'mean' is a method, got 'mean:steps=3': choose another."],
  [
    'default=folder',
    "a name of its own before '=', since 'default' is a method, got 'default=folder': choose another.",
  ],
  ['default-screen:steps=3', /^Expected a name of its own before ':', since 'default-screen' is a method/],
  ['parts=x', /^Expected a name of its own before '=', since 'parts' is a method/],
])("'%s' is refused in a sentence", (text, words) => {
  expect(() => of(text)).toThrow(typeof words === 'string' ? `Expected ${words}` : words);
});
