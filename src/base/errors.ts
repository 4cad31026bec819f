/** @file The error class of this project: a code for programs, a sentence for people. */

/** Every code of a {@link LatentfillError}, and its meaning. */
export const errorCodes = {
  options: 'an option or an argument of a call cannot be used; for options, `issues` has each',
  command: 'a command line cannot be used',
  image: 'an image cannot be used: its file, its size, its values',
  mask: 'a mask cannot be used, or leaves nothing to fill or nothing to go by',
  caption: 'the model cannot use a caption or an embedding',
  model: 'a model cannot be used: its folder, its card, its networks together',
  network: 'an ONNX file cannot be read, wired, differentiated or searched',
  graph: 'values of a graph do not fit together',
  data: 'a data set cannot be used',
  run: 'the folder of a training run cannot be used',
  training: 'training has failed: a number is not finite, or the discriminator has collapsed',
  file: 'a file or folder is missing, or cannot be read or written',
  locked: 'another process is writing there',
  missing: 'an optional package, or another part that is installed separately, is missing',
  device: 'a device or a place to compute is not available',
  runtime: 'ONNX Runtime could not load or run a graph',
  memory: 'there is too little memory',
  closed: 'the object of the call has been disposed of',
  ended: 'a worker, thread or process has ended by itself',
  interrupted: 'a person stopped the command',
} as const;

/** What kind of thing went wrong. */
export type ErrorCode = keyof typeof errorCodes;

/** What is wrong with one option. */
export interface Issue {
  /** The option's path: `['steps']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Details of an error besides its sentence. */
export interface ErrorDetails {
  /** What caused it. */
  readonly cause?: unknown;
  /** For options: an issue for each wrong one. */
  readonly issues?: readonly Issue[] | undefined;
}

/**
 * Input that cannot be used, or a failure that the user can do something about. The message is one sentence: what was
 * expected, what came, what to do. The command line prints it without a stack trace and ends with exit code 2.
 */
export class LatentfillError extends Error {
  override readonly name = 'LatentfillError';
  readonly code: ErrorCode;
  /** For options: an issue for each wrong one; otherwise []. */
  readonly issues: readonly Issue[];

  constructor(code: ErrorCode, sentence: string, { cause, issues = [] }: ErrorDetails = {}) {
    super(legible(sentence), cause === undefined ? undefined : { cause });
    this.code = code;
    this.issues = issues;
  }
}

/** Characters of a name, and of a sentence, at most. */
const LONGEST_NAME = 300;
const LONGEST_SENTENCE = 2000;

/**
 * A sentence made safe for a terminal, since it may quote a file. Control characters and those that change the
 * direction of text are escaped, and long names are shortened in the middle.
 */
export function legible(sentence: string): string {
  const names = sentence.replace(/'([^']*)'/g, (quoted, name) =>
    name.length > LONGEST_NAME ? `'${shortened(name, LONGEST_NAME)}'` : quoted,
  );
  return shortened(names, LONGEST_SENTENCE).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 3);
  return `${text.slice(0, most - tail - 1)}…${text.slice(-tail)}`;
}

/**
 * An error as a message to another thread or process: a {@link LatentfillError}, or a bug of this library with its
 * stack.
 */
export interface PostedError {
  readonly expected?: { readonly code: ErrorCode; readonly sentence: string; readonly issues: readonly Issue[] };
  readonly fault?: string;
}

/** An error as data, since not every exception can be posted. */
export function toPosted(error: unknown): PostedError {
  if (error instanceof LatentfillError) {
    return { expected: { code: error.code, sentence: error.message, issues: error.issues } };
  }
  return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** The posted error, with `where` it was thrown if it is a bug; undefined if there was none. */
export function fromPosted({ expected, fault }: PostedError, where: string): Error | undefined {
  if (expected) return new LatentfillError(expected.code, expected.sentence, expected);
  return fault === undefined ? undefined : new Error(`${where}: ${fault}`);
}
