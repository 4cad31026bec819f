/** @file A toon face in words. */

import { enumerate, withArticle } from './words.ts';

/** What DiceBear tells of a face: parts by name, colours as hex; an absent part is missing. */
export interface ToonAttributes {
  readonly hair: string;
  readonly rearHair?: string;
  readonly beard?: string;
  readonly eyes: string;
  readonly eyebrows: string;
  readonly mouth: string;
  readonly clothes: string;
  readonly hairColor: string;
  readonly skinColor: string;
  readonly clothesColor: string;
}

const colours: Readonly<Record<string, string>> = {
  '#2c1b18': 'black',
  '#a55728': 'red',
  '#b58143': 'light brown',
  '#d6b370': 'blond',
  '#724133': 'brown',
  '#f1c3a5': 'pale',
  '#c68e7a': 'rosy',
  '#b98e6a': 'tan',
  '#a36b4f': 'brown',
  '#5c3829': 'dark',
  '#545454': 'grey',
  '#b11f1f': 'red',
  '#0b3286': 'blue',
  '#147f3c': 'green',
  '#eab308': 'yellow',
  '#731ac3': 'purple',
  '#ec4899': 'pink',
  '#f97316': 'orange',
  '#151613': 'black',
  '#e8e9e6': 'white',
};

const words: Readonly<Record<keyof ToonAttributes, Readonly<Record<string, string>>>> = {
  // The colour goes where the star is.
  hair: {
    sideComed: 'side-parted * hair',
    undercut: '* hair in an undercut',
    spiky: 'spiky * hair',
    bun: '* hair in a bun',
  },
  rearHair: {
    longStraight: 'with the back long and straight',
    longWavy: 'with the back in long waves',
    shoulderHigh: 'with the back down to the shoulders',
    neckHigh: 'with the back down to the neck',
  },
  beard: {
    moustacheTwirl: 'a twirled moustache',
    fullBeard: 'a full beard',
    chin: 'a chin beard',
    chinMoustache: 'a moustache and chin beard',
    longBeard: 'a long beard',
  },
  // As they look at this size, whatever the style calls them: "bow" is shut, "raised" is one brow, "happy" is both.
  eyes: {
    happy: 'relaxed eyes',
    wide: 'wide eyes',
    bow: 'closed eyes',
    humble: 'lowered eyelids',
    wink: 'one eye winking',
  },
  eyebrows: {
    raised: 'one raised eyebrow',
    angry: 'frowning eyebrows',
    happy: 'raised eyebrows',
    sad: 'sad eyebrows',
    neutral: 'level eyebrows',
  },
  mouth: {
    laugh: 'laughing',
    angry: 'scowling',
    agape: 'mouth agape',
    smile: 'smiling',
    sad: 'looking sad',
  },
  clothes: {
    turtleNeck: 'turtleneck',
    openJacket: 'open jacket',
    dress: 'sleeveless dress',
    shirt: 'sweater over a pale shirt',
    tShirt: 'T-shirt',
  },
  hairColor: colours,
  skinColor: colours,
  clothesColor: colours,
};

type Attribute = keyof ToonAttributes;

/**
 * One English phrase that names the attributes of a face: every visible one, or those in `named` of them, and no absent
 * one: "a person with tan skin, spiky black hair, a full beard, wide eyes and level eyebrows, smiling, in a green
 * T-shirt", or "a person with black hair in a T-shirt". A value without a word here stands as it is.
 */
export function describeToon(face: ToonAttributes, named: readonly string[] = Object.keys(face)): string {
  const say = (key: Attribute) => (named.includes(key) ? (words[key][face[key] ?? ''] ?? face[key] ?? '') : '');
  const skin = say('skinColor') && `${say('skinColor')} skin`;
  const features = [skin, describeHair(say), say('beard'), say('eyes'), say('eyebrows')].filter(Boolean);
  const rest = [say('mouth'), describeClothes(say)].filter(Boolean);
  const start = features.length > 0 ? `a person with ${enumerate(features)}` : 'a person';
  // No comma in "a person in green" and "with red hair in a T-shirt", but one in "with hair in a bun, in green".
  const close = !say('mouth') && (features.length === 0 || (features.length === 1 && say('clothes') !== ''));
  return [start, ...rest].join(close ? ' ' : ', ');
}

/** What is said of the hair stands together, whichever parts of it are named. */
function describeHair(say: (key: Attribute) => string): string {
  const [style, colour, back] = [say('hair'), say('hairColor'), say('rearHair')];
  if (!style && !colour && !back) return '';
  return `${(style || '* hair').replace('*', colour)} ${back}`.replace(/ +/g, ' ').trim();
}

function describeClothes(say: (key: Attribute) => string): string {
  const [piece, colour] = [say('clothes'), say('clothesColor')];
  if (!piece) return colour && `in ${colour}`;
  return `in ${withArticle(`${colour} ${piece}`.trim())}`;
}
