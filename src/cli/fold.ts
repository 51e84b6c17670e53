/**
 * Breaks a text into lines of a width, between words where it can.
 *
 * @param whole Whether a word that is longer than a line, such as a path, stays whole all the same. Default: it is cut.
 */
export function fold(text: string, width: number, whole = false): string[] {
  if (columns(text) <= width) return [text.trimEnd()];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<= )/)) {
    if (line !== '' && columns((line + word).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
    while (!whole && columns(line.trimEnd()) > width) {
      let cut = 0;
      let used = 0;
      for (const character of line) {
        used += columns(character);
        if (used > width) break;
        cut += character.length;
      }
      lines.push(line.slice(0, Math.max(1, cut)));
      line = line.slice(Math.max(1, cut));
    }
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ASCII = /^[\x20-\x7e]*$/;

/** Columns that a text takes on a terminal: two for the wide letters of East Asia, none for marks set on others. */
export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : /\p{Mn}/u.test(character) ? 0 : 1;
  return width;
}
