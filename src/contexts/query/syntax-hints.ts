import { printable } from '../../errors.js';

/** Characters around a fault that are looked at. */
const NEAR = 200;
/** A field that ends here, a text that begins here, and a text that is all there is. */
const FIELD_BEFORE = /([A-Za-z_][\w.]*)\s*$/;
const TEXT = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;
const TEXT_AFTER = new RegExp(`^\\s*(${TEXT})`);
const LONE_TEXT = new RegExp(`^(${TEXT})$`);
const LONE_VALUE = /^(-?\d[\d.]*|true|false)$/;

/** Words and signs of other languages for patterns, and those that are turned round. */
const PATTERN = /^(~[=~*]?|=~|like|ilike|rlike|matches|match|contains|startswith|endswith|glob)$/i;
const NO_PATTERN = /^(!~[~*]?|!=~)$/;
const NULL = /^(null|nil|none|undefined)$/i;
const JOIN = 'Join comparisons by and or or.';
export const TIMES = 'As in 2026-01-31, 2026-01-31T08:00:00Z or now-1h.';

/** Whether a word is what other languages write for what is not there. */
export const isNull = (word: string): boolean => NULL.test(word);

/** How to ask whether there is a field at all. */
export const absent = (field: string, isEqual: boolean): string =>
  `Write ${isEqual ? 'not ' : ''}exists(${field}).`;

/**
 * What is most likely meant where an expression does not follow the grammar, as the next thing to write.
 *
 * @param at Where the first fault is, and the token that stands there.
 * @returns Undefined where nothing can be told.
 * @example hintOfSyntax('name ~ "x"', 5, '~') // 'Write regexp(name, "x").'
 */
export function hintOfSyntax(source: string, at: number, token: string): string | undefined {
  const before = source.slice(Math.max(0, at - NEAR), at);
  const after = source.slice(at + token.length, at + token.length + NEAR);
  const field = FIELD_BEFORE.exec(before)?.[1];
  const quoted = TEXT_AFTER.exec(after)?.[1];
  const text = quoted && printable(quoted, NEAR);
  if (PATTERN.test(token) || NO_PATTERN.test(token)) {
    // What stands for any letters elsewhere does not in a pattern.
    const pattern = text && !/[%*]/.test(text) ? text : '"…"';
    return `Write ${NO_PATTERN.test(token) ? 'not ' : ''}regexp(${field ?? 'name'}, ${pattern}).`;
  }
  if (/^is$/i.test(token) && field) {
    const [, not, word = ''] = /^\s+(not\s+)?(\w+)/i.exec(after) ?? [];
    return isNull(word) ? absent(field, !not) : 'Write == to compare.';
  }
  if (/^(and|or|not|in)$/i.test(token) && token !== token.toLowerCase())
    return `Write ${token.toLowerCase()}.`;
  const capital = /\b(AND|OR|NOT|IN)\s+$/i.exec(before)?.[1];
  if (capital && capital !== capital.toLowerCase()) return `Write ${capital.toLowerCase()}.`;
  if (/^(and|or|in)$/.test(token))
    return `Something stands on both sides of ${token}, as in verb == "create" ${token === 'in' ? 'or verb in {"patch"}' : `${token} lines > 50`}.`;
  if (token === ':' && field) return `Write == to compare: ${field} == ${text ?? '"…"'}.`;
  if (/[“”„«»‘’]/.test(token)) return 'Write plain quotation marks: "…".';
  if (/[([]/.test(token) && /\bin\s*$/.test(before))
    return `Sets stand in braces: ${/([\w.]+)\s+(not\s+)?in\s*$/.exec(before)?.[1] ?? 'verb'} in {"create", "delete"}.`;
  const inside = /\b(exists|regexp|any|caused)\s*\(\s*[^()]*$/.exec(before)?.[1];
  if (inside === 'exists') return 'As in exists(name), with a field and no quotation marks.';
  if (inside === 'regexp') return 'As in regexp(name, "^web-"): a field, and a pattern in quotation marks.';
  if (token === '*')
    return `Patterns are regexp(${fieldOf(before)}, "…"); exists(${fieldOf(before)}) is any value.`;
  if (/^=+$/.test(token)) return 'Write == to compare.';
  if (token === '>' && before.endsWith('<')) return 'Write !=.';
  if (/^[=~!<>]{2,}$/.test(token)) return 'Comparisons are == != < <= > >=; patterns are regexp(field, "…").';
  if (/^&/.test(token)) return 'Write and.';
  if (/^\|/.test(token)) return 'Write or.';
  if (/\d{4}-?[\d-]*$/.test(before) && /^[-/.:\d]/.test(token)) return TIMES;
  if (/^(["'])(?!.*\1$)/s.test(token)) return 'A text ends with the quotation mark that it begins with.';
  if (/["'\d})]\s*$/.test(before) && /^[\w,;"'({!¬]/.test(token)) return JOIN;
  if (token === ')') return 'No bracket is open here: leave ) out.';
  return /^\w/.test(token) ? 'Texts stand in quotes: verb == "create".' : undefined;
}

/**
 * The same where an expression ends too early.
 *
 * @example hintOfEnd('"delete"') // 'Say of which field it is: verb == "delete", or regexp(name, "delete").'
 */
export function hintOfEnd(source: string): string {
  const whole = source.trim();
  const text = printable(whole, NEAR);
  if (LONE_TEXT.test(whole)) return `Say of which field it is: verb == ${text}, or regexp(name, ${text}).`;
  if (LONE_VALUE.test(whole))
    return `Say of which field it is: ${/[tf]/.test(whole) ? 'background' : 'lines'} == ${text}.`;
  const name = /\b(exists|regexp|any|caused)\s*\(?\s*$/.exec(whole.slice(-NEAR))?.[1];
  if (name) {
    const inside = { exists: 'namespace', regexp: 'name, "^web-"' }[name] ?? 'verb == "delete"';
    return `As in ${name}(${inside}).`;
  }
  const outside = whole.replace(new RegExp(TEXT, 'g'), '');
  if (outside.split('(').length > outside.split(')').length && /[\w"')}]$/.test(whole.slice(-1)))
    return 'A bracket is open: write ).';
  return 'Compare a field with a value, as in verb == "create".';
}

/** The field that is compared right before a place, or one for an example. */
const fieldOf = (before: string): string => /([A-Za-z_][\w.]*)\s*[=!<>]*\s*$/.exec(before)?.[1] ?? 'name';
