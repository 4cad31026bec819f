/** @file A toon face in words. */

/** A face's attributes from DiceBear: parts by name, colours as hex; an absent part has no entry. */
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
  // `*` is replaced by the colour.
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
  // Words for what is visible at this size, not the style's names: "bow" is shut, "raised" is one brow, "happy" is
  // both.
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

/** Everything that a caption may name. */
export const NAMED = Object.keys(words) as readonly (keyof ToonAttributes)[];

/**
 * One English phrase that names the attributes of `named`: "a person with tan skin, spiky black hair with the back cut short, a full
 * beard, wide eyes and level eyebrows, smiling, in a green T-shirt", or "a clean-shaven person with red hair, in green". A
 * value without a word here stands as it is.
 */
export function describeToon(face: ToonAttributes, named: readonly string[] = NAMED): string {
  const say = (key: keyof ToonAttributes) =>
    named.includes(key) ? (words[key][face[key] ?? ''] ?? face[key] ?? '') : '';
  const rear = named.includes('rearHair') ? say('rearHair') || 'with the back cut short' : '';
  const shaven = named.includes('beard') && !face.beard ? 'clean-shaven ' : '';
  const hair = (say('hair') || (say('hairColor') ? '* hair' : '') || (rear ? 'hair' : ''))
    .replace('*', say('hairColor'))
    .trim();
  const skin = say('skinColor') ? `${say('skinColor')} skin` : '';
  const parts = [skin, `${hair} ${rear}`.trim(), say('beard'), say('eyes'), say('eyebrows')];
  const looks = listed(parts.filter(Boolean));
  const clothes = say('clothes')
    ? `in ${article(`${say('clothesColor')} ${say('clothes')}`.trim())}`
    : say('clothesColor') && `in ${say('clothesColor')}`;
  return [`a ${shaven}person${looks && ` with ${looks}`}`, say('mouth'), clothes]
    .filter(Boolean)
    .join(', ')
    .replace(/ {2,}/g, ' ');
}

/** "a", "a and b", "a, b and c". */
function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
