/** @file Messages that many files of a run have in common. */

import { inFlags } from './flags.ts';
import type { ReadHole } from './read-hole.ts';
import { say } from './terminal.ts';

/** Says things about the files of a run, each once. */
export interface Teller {
  /** How a hole was understood, unless it is plain. */
  note(file: string, hole: ReadHole): void;
  /** That a hole hides no face, for a model of faces. */
  faceless(file: string): void;
  /** What results do not keep of the picture, by kind: of many files, the first is named. */
  lost(hole: ReadHole, out: string): void;
}

/** A teller for one run. */
export function teller(): Teller {
  const said = new Set<string>();
  const once = (key: string, sentence: string) => {
    if (!said.has(key)) say(sentence);
    said.add(key);
  };
  return {
    note(file, { understood: { note } }) {
      if (note !== undefined) once(`${file}: ${note}`, `${file}: ${inFlags(note)}.`);
    },
    faceless(file) {
      once(file, `'${file}': the hole hides no face that was found, and is filled as it lies.`);
    },
    lost({ lost }, out) {
      for (const sentence of lost) once(sentence.replace(/'.*'/, ''), `${sentence}.`);
      if (/\.jpe?g$/i.test(out))
        once('jpeg', 'a JPEG result is encoded anew outside the hole too: .png and .webp are not.');
    },
  };
}
