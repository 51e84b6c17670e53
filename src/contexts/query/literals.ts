import { microsOf } from '../../audit/time.js';
import { QueryError } from './query-error.js';
import { wellFormed } from './well-formed.js';

/** Seconds of a unit. */
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
};
const TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:([Zz])|([+-]\d{2}:\d{2}))?)?$/;

/**
 * Reads a text in quotes.
 *
 * @param at Where it stands in the expression.
 * @throws {QueryError} An escape that there is not, or half of a character.
 * @example readText(source, '"a\\u0041"', 0) // 'aA'
 */
export function readText(source: string, quoted: string, at: number): string {
  const fail = (from: number, length: number): never => {
    throw new QueryError(
      source,
      at + from,
      at + from + length,
      `expected an escape, got “${quoted.slice(from, from + length)}”`,
      'Escapes are \\" \\\' \\\\ \\n \\r \\t \\u0041 and \\u{1f600}; a backslash itself is \\\\.',
    );
  };
  const found = /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|(.))/gsu;
  const read = (whole: string, braced?: string, plain?: string, letter?: string, at?: number): string => {
    const hex = braced ?? plain;
    if (hex === undefined) return ESCAPES[letter!] ?? fail(1 + at!, whole.length);
    const code = Number.parseInt(hex, 16);
    return code > 0x10ffff ? fail(1 + at!, whole.length) : String.fromCodePoint(code);
  };
  return wellFormed(quoted.slice(1, -1).replace(found, read));
}

/** As far as a calendar of four digits goes, in microseconds. */
const LATEST = 253_402_300_800_000_000;

/**
 * Reads a time in microseconds since 1970, or says that it is none: a date, a date and a time (UTC when it names no zone), `now`, `now-1h`.
 *
 * @param now Milliseconds since 1970.
 * @example readTime('1970-01-01T00:00:01.5Z', 0) // 1500000
 */
export function readTime(text: string, now: number): number | null {
  if (text === 'now') return now * 1000;
  const [, sign, amount, unit] = /^now([+-])(\d+)([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined) {
    const micros = now * 1000 + (sign === '-' ? -1 : 1) * Number(amount) * UNITS[unit!]! * 1e6;
    return Math.abs(micros) <= LATEST ? micros : null;
  }
  const [, day, clock = '00:00', seconds = '00', fraction = '', , zone = 'Z'] = TIME.exec(text) ?? [];
  if (day === undefined) return null;
  const local = `${day}T${clock}:${seconds}`;
  const utc = Date.parse(`${local}Z`);
  // A day that the month does not have would become one of the next.
  if (Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(local)) return null;
  const micros = microsOf(`${local}${fraction && `.${fraction}`}${zone}`);
  return Number.isNaN(micros) ? null : micros;
}

/** @example readNumber('1e3') // 1000; null for one that is too large */
export function readNumber(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
