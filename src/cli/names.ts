/** @file What names of files say: which are pictures, and what their results are called. */

/** The formats that are read, for people. */
export const FORMATS = 'PNG, JPEG, WebP, TIFF, GIF or AVIF';
/** Suffixes of the formats that are read. */
export const PICTURE = /\.(png|jpe?g|webp|tiff?|gif|avif)$/i;

export function isPicture(name: string): boolean {
  return PICTURE.test(name);
}

/** True for what systems and programs keep beside a person's files: `._a.png`, `.DS_Store`, `Thumbs.db`. */
export function isHidden(name: string): boolean {
  return /^(\..*|thumbs\.db|desktop\.ini)$/i.test(name);
}

/** A name as disks that ignore letter case and Unicode form compare it. */
export function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** A path without its suffix. */
export function stem(path: string): string {
  return path.replace(/(?<=[^/])\.[^./]*$/, '');
}

/**
 * Names for the results of files, paths within one folder, without a suffix: the file's own without its suffix, and with it where others share it
 * (`photo.jpg` and `photo.png` become `photo.jpg` and `photo.png`), numbered where that does not tell them apart. Letter case
 * does not make names distinct, since some disks ignore it.
 */
export function outputNames(files: readonly string[]): string[] {
  const shared = new Map<string, number>();
  for (const file of files) shared.set(folded(stem(file)), (shared.get(folded(stem(file))) ?? 0) + 1);
  const isAlone = (file: string) => shared.get(folded(stem(file))) === 1;
  const taken = new Set(files.filter(isAlone).map((file) => folded(stem(file))));
  return files.map((file) => {
    if (isAlone(file)) return stem(file);
    let name = file;
    for (let n = 2; taken.has(folded(name)); n++) name = `${file}-${n}`;
    taken.add(folded(name));
    return name;
  });
}
