/** @file Arguments of a command line, where a flag may be given once. */

/** The arguments, with those flags of `defaults` (name, value, name, value …) that they do not give themselves. */
export function withFlags(defaults: readonly string[], args: readonly string[]): string[] {
  const missing = defaults.flatMap((flag, i) => (i % 2 === 0 && !args.includes(flag) ? [flag, defaults[i + 1]!] : []));
  return [...missing, ...args];
}
