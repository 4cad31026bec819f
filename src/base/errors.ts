/** @file The one error of this project: a sentence for the person at the keyboard. */

/**
 * Something a user gave cannot be used. The message is one sentence that says what was expected, what came and
 * what to do; the CLI prints it without a stack and ends with exit code 2.
 */
export class LatentfillError extends Error {
  override readonly name = 'LatentfillError';
}

/** An error on its way to another thread or process: the sentence of a {@link LatentfillError}, or a fault of ours with its stack. */
export interface Told {
  readonly sentence?: string;
  readonly fault?: string;
}

/** An error as text: what is thrown need not be fit to be posted. */
export function tell(error: unknown): Told {
  if (error instanceof LatentfillError) return { sentence: error.message };
  return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** The error that was told, `where` it came from if it is a fault; undefined where nothing was told. */
export function heard({ sentence, fault }: Told, where: string): Error | undefined {
  if (sentence !== undefined) return new LatentfillError(sentence);
  return fault === undefined ? undefined : new Error(`${where}: ${fault}`);
}
