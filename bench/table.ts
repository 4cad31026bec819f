/** @file A table on the terminal. */

/** Prints rows in columns: text to the left, numbers to the right. */
export function printTable(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = rows.map((row) => row.map(String));
  const widths = headings.map((heading, c) => Math.max(heading.length, ...cells.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) =>
        /^[-\d.]/.test(rows[0]?.[c]?.toString() ?? '') ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!),
      )
      .join('  ')
      .trimEnd();
  console.log(line(headings));
  console.log(widths.map((width) => '─'.repeat(width)).join('  '));
  for (const row of cells) console.log(line(row));
}
