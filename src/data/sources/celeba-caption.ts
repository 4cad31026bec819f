/** @file A face of CelebA in words. */

import { permutation, random } from '../../base/random.ts';
import { enumerate } from './words.ts';

/** Which attributes a face has, by CelebA's own names. */
export type CelebaFace = Readonly<Record<string, boolean>>;

const HAIR = { Black_Hair: 'black', Blond_Hair: 'blond', Brown_Hair: 'brown', Gray_Hair: 'grey' } as const;

/** What a face is said to have. "Attractive" and "Blurry" tell more of who looked, and how, than of the face. */
const FEATURES: Readonly<Record<string, string>> = {
  Bald: 'a bald head',
  Receding_Hairline: 'a receding hairline',
  Bangs: 'bangs',
  Goatee: 'a goatee',
  Mustache: 'a moustache',
  '5_o_Clock_Shadow': 'stubble',
  Sideburns: 'sideburns',
  Eyeglasses: 'glasses',
  Bushy_Eyebrows: 'bushy eyebrows',
  Arched_Eyebrows: 'arched eyebrows',
  Narrow_Eyes: 'narrow eyes',
  Bags_Under_Eyes: 'bags under the eyes',
  Big_Nose: 'a big nose',
  Pointy_Nose: 'a pointy nose',
  Big_Lips: 'big lips',
  High_Cheekbones: 'high cheekbones',
  Rosy_Cheeks: 'rosy cheeks',
  Pale_Skin: 'pale skin',
  Oval_Face: 'an oval face',
  Chubby: 'a chubby face',
  Double_Chin: 'a double chin',
};

const WORN: Readonly<Record<string, string>> = {
  Wearing_Hat: 'a hat',
  Wearing_Earrings: 'earrings',
  Wearing_Necklace: 'a necklace',
  Wearing_Necktie: 'a tie',
  Wearing_Lipstick: 'lipstick',
  Heavy_Makeup: 'heavy make-up',
};

/** Captions that name some features, and how many features each. */
const PARTIAL = [1, 2, 3] as const;

/**
 * Captions of a face: the first names all that is known of it, "a smiling young woman with wavy brown hair, bangs and
 * high cheekbones, wearing earrings"; the others some of it, drawn by the file's name.
 */
export function describeCeleba(face: CelebaFace, file: string): string[] {
  const features = [...hair(face), ...beard(face), ...present(face, FEATURES)];
  const worn = present(face, WORN);
  const rng = random('celeba', file);
  const some = PARTIAL.map((count) => {
    const order = permutation(rng, features.length + worn.length).slice(0, count);
    const drawn = (all: readonly string[], from: number) => all.filter((_, i) => order.includes(i + from));
    return say(face, rng() < 0.5, drawn(features, 0), drawn(worn, features.length));
  });
  return [...new Set([say(face, true, features, worn), ...some])];
}

function say(face: CelebaFace, more: boolean, features: readonly string[], worn: readonly string[]): string {
  const mood = more && face.Smiling ? 'smiling ' : '';
  const age = !more || face.Young === undefined ? '' : face.Young ? 'young ' : 'older ';
  const noun = mood + age + (face.Male ? 'man' : 'woman');
  const start = `${noun.startsWith('o') ? 'an' : 'a'} ${noun}`;
  const having = features.length > 0 ? ` with ${enumerate(features)}` : '';
  return `${start}${having}${worn.length > 0 ? `, wearing ${enumerate(worn)}` : ''}`;
}

function hair(face: CelebaFace): string[] {
  const colours = Object.entries(HAIR).flatMap(([key, word]) => (face[key] ? [word] : []));
  const shape = face.Wavy_Hair ? ['wavy'] : face.Straight_Hair ? ['straight'] : [];
  const phrases = [...shape, colours.join(' and ')].filter(Boolean);
  return phrases.length > 0 ? [`${phrases.join(' ')} hair`] : [];
}

function beard(face: CelebaFace): string[] {
  return face.No_Beard === false && !face.Goatee && !face.Mustache && !face['5_o_Clock_Shadow'] ? ['a beard'] : [];
}

function present(face: CelebaFace, words: Readonly<Record<string, string>>): string[] {
  return Object.entries(words).flatMap(([key, word]) => (face[key] ? [word] : []));
}
