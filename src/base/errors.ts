/** @file The one error of this project: a sentence for the person at the keyboard. */

/**
 * Something a user gave cannot be used. The message is one sentence that says what was expected, what came and
 * what to do; the CLI prints it without a stack and ends with exit code 2.
 */
export class LatentfillError extends Error {
  override readonly name = 'LatentfillError';
}
