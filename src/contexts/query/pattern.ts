/** Classes of characters by Unicode property that a pattern may have: each becomes some thousand characters. */
export const MOST_CLASSES = 8;

const TOKEN = /\\Q[\s\S]*?(?:\\E|$)|\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Za-z]))|\\[\s\S]|\[\^?\]?|\]/gu;
const LAST = 0x10ffff;
const ranges = new Map<string, readonly (readonly [from: number, to: number])[] | null>();

/**
 * A pattern whose classes by Unicode property (`\pL`, `\p{Greek}`) are written out, so that it means the same wherever it is matched: each
 * engine has a version of Unicode of its own.
 *
 * @param tooMany Called when there are more than `MOST_CLASSES`.
 * @example explicitClasses('a\\p{Nl}?') // 'a[\\x{16ee}-\\x{16f0}\\x{2160}-…]?'
 */
export function explicitClasses(pattern: string, tooMany: () => never): string {
  let within = false;
  let found = 0;
  return pattern.replace(TOKEN, (token, letter?: string, not?: string, name?: string, short?: string) => {
    if (token[0] === '[') within = true;
    else if (token === ']') within = false;
    if (letter === undefined) return token;
    const known = rangesOf((name ?? short)!);
    if (known === null) return token;
    if (++found > MOST_CLASSES) tooMany();
    const text = ((letter === 'P') !== (not === '^') ? rest(known) : known)
      .map(([from, to]) => (from === to ? hex(from) : `${hex(from)}-${hex(to)}`))
      .join('');
    return within ? text : `[${text}]`;
  });
}

const hex = (code: number): string => `\\x{${code.toString(16)}}`;

/** Ranges of characters that have a property, or null where it is none of Unicode's general categories and scripts. */
function rangesOf(name: string): readonly (readonly [number, number])[] | null {
  const before = ranges.get(name);
  if (before !== undefined) return before;
  const test = testOf(name);
  const found: [number, number][] = [];
  if (test)
    for (let code = 0; code <= LAST; code++) {
      // Halves of surrogate pairs are no characters of a text.
      if (code === 0xd800) code = 0xe000;
      if (!test.test(String.fromCodePoint(code))) continue;
      const last = found.at(-1);
      if (last && last[1] === code - 1) last[1] = code;
      else found.push([code, code]);
    }
  const result = test ? found : null;
  ranges.set(name, result);
  return result;
}

function testOf(name: string): RegExp | null {
  for (const property of [name, `Script=${name}`])
    try {
      // RE2 knows categories by their short names alone.
      if (property !== name || name.length <= 2 || name === 'Any')
        return new RegExp(`^\\p{${property}}$`, 'u');
    } catch {
      // no such property
    }
  return null;
}

function rest(known: readonly (readonly [number, number])[]): [number, number][] {
  const others: [number, number][] = [];
  let next = 0;
  for (const [from, to] of known) {
    if (from > next) others.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) others.push([next, LAST]);
  return others;
}
