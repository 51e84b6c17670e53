import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A face of the font that every chart is drawn and measured with. */
export type Face = 'regular' | 'bold';

const FILES: Record<Face, string> = { regular: 'DejaVuSans.ttf', bold: 'DejaVuSans-Bold.ttf' };
const require = createRequire(import.meta.url);
const faces = new Map<Face, Advances>();

/** Advance widths of a face, in font units, by code point. */
interface Advances {
  unitsPerEm: number;
  missing: number;
  byCodePoint: Map<number, number>;
}

/** Path of the font file of a face, from the dejavu-fonts-ttf package: the same glyphs on every machine. */
export function fontFile(face: Face): string {
  return require.resolve(`dejavu-fonts-ttf/ttf/${FILES[face]}`);
}

/**
 * Width of a line of text, as the sum of its glyphs' advances (no kerning).
 *
 * @param text One line.
 * @param size Font size, px.
 * @param face Default `regular`.
 * @returns Width, px.
 * @example textWidth('mmmm', 11) // 42.9
 */
export function textWidth(text: string, size: number, face: Face = 'regular'): number {
  const { unitsPerEm, missing, byCodePoint } = advancesOf(face);
  let units = 0;
  for (const character of text) units += byCodePoint.get(character.codePointAt(0)!) ?? missing;
  return (units * size) / unitsPerEm;
}

/**
 * The text, or its start and end around an ellipsis when it is wider than `limit`.
 *
 * @param limit Greatest width, px.
 * @param size Font size, px.
 * @example shorten('create coordination.k8s.io/leases', 120, 11) // 'create coo…io/leases'
 */
export function shorten(text: string, limit: number, size: number, face: Face = 'regular'): string {
  if (textWidth(text, size, face) <= limit) return text;
  const characters = Array.from(text);
  for (let kept = characters.length - 1; kept > 1; kept--) {
    const head = Math.ceil(kept / 2);
    const short = `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (kept - head)).join('')}`;
    if (textWidth(short, size, face) <= limit) return short;
  }
  return '…';
}

/**
 * The words of a text in lines that are no wider than `limit`; a word that is wider has a line to itself.
 *
 * @param limit Greatest width, px.
 * @param size Font size, px.
 * @example wrapText('Strict macro F1 by line', 90, 14) // ['Strict macro', 'F1 by line']
 */
export function wrapText(text: string, limit: number, size: number, face: Face = 'regular'): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && textWidth(longer, size, face) <= limit) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function advancesOf(face: Face): Advances {
  const known = faces.get(face);
  if (known) return known;
  const advances = readAdvances(readFileSync(fontFile(face)));
  faces.set(face, advances);
  return advances;
}

/** Reads `head`, `hhea`, `hmtx` and the Unicode `cmap` (format 4) of a TrueType font [OpenType]. */
function readAdvances(font: Buffer): Advances {
  const tables = new Map<string, number>();
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const entry = 12 + 16 * i;
    tables.set(font.toString('latin1', entry, entry + 4), font.readUInt32BE(entry + 8));
  }
  const metrics = tables.get('hmtx')!;
  const metricCount = font.readUInt16BE(tables.get('hhea')! + 34);
  const advance = (glyph: number): number =>
    font.readUInt16BE(metrics + 4 * Math.min(glyph, metricCount - 1));
  const byCodePoint = new Map<number, number>();
  const subtable = unicodeSubtable(font, tables.get('cmap')!);
  const segments = font.readUInt16BE(subtable + 6);
  for (let s = 0; s < segments; s += 2) {
    const last = font.readUInt16BE(subtable + 14 + s);
    const first = font.readUInt16BE(subtable + 16 + segments + s);
    const delta = font.readUInt16BE(subtable + 16 + 2 * segments + s);
    const offsetAt = subtable + 16 + 3 * segments + s;
    const offset = font.readUInt16BE(offsetAt);
    for (let code = first; code <= last && code !== 0xffff; code++) {
      const raw = offset === 0 ? code : font.readUInt16BE(offsetAt + offset + 2 * (code - first));
      if (raw !== 0) byCodePoint.set(code, advance((raw + delta) & 0xffff));
    }
  }
  return { unitsPerEm: font.readUInt16BE(tables.get('head')! + 18), missing: advance(0), byCodePoint };
}

function unicodeSubtable(font: Buffer, cmap: number): number {
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const subtable = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4);
    if (font.readUInt16BE(subtable) === 4) return subtable;
  }
  throw new Error('reports: expected a format 4 cmap in the chart font, got none.');
}
