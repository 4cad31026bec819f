/** @file A toon face in words. */

/** What DiceBear tells of a face: parts by name, colours as hex; an absent part is missing. */
export interface ToonAttributes {
  readonly hair?: string;
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
  hair: { sideComed: 'side-parted', undercut: 'undercut', spiky: 'spiky', bun: 'tied-up' },
  rearHair: {
    longStraight: 'long and straight at the back',
    longWavy: 'long and wavy at the back',
    shoulderHigh: 'shoulder-length',
    neckHigh: 'neck-length',
  },
  beard: {
    moustacheTwirl: 'a twirled moustache',
    fullBeard: 'a full beard',
    chin: 'a chin beard',
    chinMoustache: 'a moustache and a chin beard',
    longBeard: 'a long beard',
  },
  eyes: { happy: 'happy', wide: 'wide', bow: 'curved', humble: 'lowered', wink: 'winking' },
  eyebrows: { raised: 'raised', angry: 'frowning', happy: 'lively', sad: 'sad', neutral: 'level' },
  mouth: { laugh: 'laughing', angry: 'scowling', agape: 'with an open mouth', smile: 'smiling', sad: 'looking sad' },
  clothes: { turtleNeck: 'turtleneck', openJacket: 'open jacket', dress: 'dress', shirt: 'shirt', tShirt: 'T-shirt' },
  hairColor: colours,
  skinColor: colours,
  clothesColor: colours,
};

/** One English sentence part, e.g. "a smiling person with …", that names every visible attribute. */
export function describeToon(face: ToonAttributes): string {
  const say = (key: keyof ToonAttributes) => words[key][face[key] ?? ''] ?? face[key] ?? '';
  const rear = face.rearHair ? `, ${say('rearHair')}` : '';
  const parts = [
    `${say('skinColor')} skin`,
    `${say('hair')} ${say('hairColor')} hair${rear}`,
    ...(face.beard ? [say('beard')] : []),
    `${say('eyes')} eyes`,
    `${say('eyebrows')} eyebrows`,
  ];
  const clothes = `${say('clothesColor')} ${say('clothes')}`;
  return `a person with ${parts.join(', ')}, ${say('mouth')}, in ${article(clothes)} ${clothes}`;
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}
