import type { SyntaxNode, Tree } from '@lezer/common';
import { FIELDS, type Field, type FieldType, findField } from './fields.js';
import { parser } from './generated/parser.js';
import { LIMITS, textOf } from './parse.js';

/** Something that can stand at the caret. */
export interface Completion {
  /** What is shown. */
  label: string;
  /** What is put in the place of what is there. */
  insert: string;
  kind: 'field' | 'sign' | 'value' | 'word';
  /** What it means. */
  says: string;
  /** Other names that find it. */
  also?: readonly string[];
}

export interface Completions {
  /** The part of the text that an option replaces. */
  from: number;
  to: number;
  options: Completion[];
}

/** A value that is there, and how often. */
export interface KnownValue {
  value: string;
  count: number;
}

export interface CompleteOptions {
  /** Values of a field that are there, most frequent first. */
  values: (field: Field, below: boolean) => Iterable<KnownValue>;
  /** Fields that can be asked for. Default all. */
  holds?: (field: Field, below: boolean) => boolean;
  /** Fields of which values are offered where a test begins. Default none. */
  beginWith?: readonly string[];
  /** Options at most. Default 12. */
  most?: number;
}

const SIGNS: Record<FieldType, readonly (readonly [string, string])[]> = {
  text: [
    ['==', 'is'],
    ['!=', 'is not'],
    ['in {', 'is one of'],
    ['not in {', 'is none of'],
    ['== regexp("', 'matches a pattern'],
  ],
  texts: [
    ['==', 'has'],
    ['!=', 'has not'],
    ['in {', 'has one of'],
    ['== regexp("', 'one matches a pattern'],
  ],
  number: ['==', '!=', '<', '<=', '>', '>='].map((sign) => [sign, ''] as const),
  time: [
    ['>=', 'from then on'],
    ['<', 'before'],
    ['>', 'after'],
    ['<=', 'until'],
  ],
  flag: [
    ['==', 'is'],
    ['!=', 'is not'],
  ],
};
const FUNCTIONS: readonly (readonly [string, string])[] = [
  ['any(', 'some line of the context is so'],
  ['caused(', 'some line that it caused is so'],
  ['exists(', 'the event says something of it'],
  ['regexp(', 'a field matches a pattern'],
  ['not ', 'the contrary'],
];
const TIMES: readonly (readonly [string, string])[] = [
  ['now-1h', 'an hour ago'],
  ['now-1d', 'a day ago'],
  ['now-1w', 'a week ago'],
];

/**
 * What can stand at the caret: fields, signs, and values that are there. The grammar itself is asked what may follow.
 *
 * @param caret In UTF-16 units from the beginning.
 * @example completeQuery('ver', 3, { values: () => [] }).options[0].insert // 'verb '
 */
export function completeQuery(text: string, caret: number, options: CompleteOptions): Completions {
  const { from, to, partial } = placeOf(text, caret);
  const none = { from, to, options: [] };
  if (text.length > LIMITS.characters) return none;
  const ask = new Continuation(text.slice(0, from));
  const most = options.most ?? 12;
  const inText = partial.startsWith('"') || partial.startsWith("'");
  const said = inText ? partial.slice(1) : partial;
  const begins = ask.accepts('exists(');
  const all: Completion[] = [];
  if (!inText) all.push(...fieldsAt(ask, begins, options), ...(begins ? FUNCTIONS.map(word) : []));
  if (begins && said.length > 1) all.push(...testsOf(said, ask.below('exists('), options));
  if (!begins) all.push(...valuesAt(ask, inText, options));
  if (!inText && !begins) all.push(...signsAt(ask), ...wordsAt(ask));
  return { from, to, options: matching(all, said, most) };
}

/** The part of a text around the caret that is being written: a text in quotes, a name or a sign. */
function placeOf(text: string, caret: number): { from: number; to: number; partial: string } {
  const before = text.slice(0, caret);
  const open = openText(before);
  const rest = text.slice(caret);
  if (open >= 0) {
    const closing = /^[^\s"'\\]*["']/.exec(rest)?.[0].length ?? 0;
    return { from: open, to: caret + closing, partial: before.slice(open) };
  }
  const partial = /(?:[A-Za-z_][\w.-]*|[=!<>≤≥≠]+)$/.exec(before)?.[0] ?? '';
  const after = /^\w/.test(partial) ? (/^[\w.]*/.exec(rest)?.[0].length ?? 0) : 0;
  return { from: caret - partial.length, to: caret + after, partial };
}

/** Where a text in quotes begins that does not end, or −1. */
function openText(before: string): number {
  for (const { 0: token, index } of before.matchAll(/"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/g))
    if (index + token.length === before.length && !isClosed(token)) return index;
  return -1;
}

const isClosed = (token: string): boolean => /^(["'])(?:[^\\]|\\.)*\1$/s.test(token);

/** What is before the caret, and what may follow it. */
class Continuation {
  readonly head: string;

  constructor(head: string) {
    this.head = head;
  }

  /** Whether the grammar lets something follow, be the whole unfinished. */
  accepts(sample: string): boolean {
    const end = this.head.length + sample.length;
    let fits = true;
    this.tree(sample).iterate({
      enter: ({ type, from }) => {
        if (type.isError && from < end) fits = false;
        return fits;
      },
    });
    return fits;
  }

  tree(sample: string): Tree {
    return parser.parse(this.head + sample);
  }

  /** The node of a sample that follows. */
  node(sample: string): SyntaxNode {
    return this.tree(sample).resolveInner(this.head.length, 1);
  }

  /** Whether what follows stands in `any` or `caused`. */
  below(sample: string): boolean {
    for (let node: SyntaxNode | null = this.node(sample); node; node = node.parent)
      if ((node.name === 'Any' || node.name === 'Caused') && node.from < this.head.length) return true;
    return false;
  }

  fieldOf(node: SyntaxNode | null): Field | undefined {
    return node?.name === 'Field' ? findField(textOf(this.head, node).replace(/\s/g, '')) : undefined;
  }

  /** The field that a value would be compared with. */
  comparedField(): Field | undefined {
    const node = this.node('"x"');
    if (node.parent?.name === 'Set') return this.fieldOf(node.parent.parent?.firstChild ?? null);
    if (node.parent?.name !== 'Comparison') return undefined;
    return this.fieldOf(node.prevSibling?.prevSibling ?? null);
  }
}

const word = ([label, says]: readonly [string, string]): Completion => ({
  label: label.trim(),
  insert: label,
  kind: 'word',
  says,
});

function fieldsAt(ask: Continuation, begins: boolean, { holds }: CompleteOptions): Completion[] {
  const after = begins ? ' ' : ask.accepts('verb)') ? ') ' : ask.accepts('verb, "x"') ? ', "' : null;
  // Behind a value and a sign too, as in 400 <= code; not where a value is what one looks for.
  if (after === null && (!ask.accepts('verb') || ask.comparedField())) return [];
  const below = ask.below('verb');
  return FIELDS.filter((field) => (!below || field.of === 'line') && (holds?.(field, below) ?? true)).map(
    ({ name, aliases, describe }) => ({
      // The short name, where there is one.
      label: aliases[0] ?? name,
      insert: `${aliases[0] ?? name}${after ?? ' '}`,
      kind: 'field',
      says: describe.replaceAll('`', ''),
      also: [name, ...aliases],
    }),
  );
}

/** Whole tests whose value has what was typed: `eve` is offered as `actor == "eve"`. */
function testsOf(
  said: string,
  below: boolean,
  { values, beginWith = [], holds }: CompleteOptions,
): Completion[] {
  const wanted = said.toLowerCase();
  const found: (Completion & { count: number })[] = [];
  for (const name of beginWith) {
    const field = findField(name)!;
    if (holds && !holds(field, below)) continue;
    let few = 0;
    for (const { value, count } of values(field, below)) {
      if (!value.toLowerCase().includes(wanted)) continue;
      const test = `${name} == ${quoted(value)}`;
      found.push({ label: test, insert: `${test} `, kind: 'value', says: counted(count), count });
      if (++few === 3) break;
    }
  }
  return found;
}

function valuesAt(ask: Continuation, inText: boolean, { values }: CompleteOptions): Completion[] {
  if (!ask.accepts('"x"')) return [];
  const field = ask.comparedField();
  if (!field) return [];
  const after = ask.node('"x"').parent?.name === 'Set' ? '' : ' ';
  const as = (label: string, says: string): Completion => ({
    label,
    insert: `${label}${after}`,
    kind: 'value',
    says,
  });
  if (field.type === 'flag') return inText ? [] : ['true', 'false'].map((value) => as(value, ''));
  const below = ask.below('"x"');
  const known: Completion[] = [];
  for (const { value, count } of values(field, below)) {
    known.push(as(field.type === 'text' || field.type === 'texts' ? quoted(value) : value, counted(count)));
    if (known.length >= 5000) break;
  }
  if (field.type === 'time' && !inText) known.push(...TIMES.map(([label, says]) => as(label, says)));
  return known;
}

function signsAt(ask: Continuation): Completion[] {
  if (!ask.accepts('== 1')) return [];
  const field = ask.fieldOf(ask.node('== 1').prevSibling);
  if (!field) return [];
  return SIGNS[field.type].map(([label, says]) => ({
    label,
    insert: /[{"]$/.test(label) ? label : `${label} `,
    kind: 'sign',
    says,
  }));
}

function wordsAt(ask: Continuation): Completion[] {
  const out: Completion[] = [];
  if (ask.accepts('and verb')) {
    const alone = ask.tree('and verb').resolveInner(ask.head.trimEnd().length, -1);
    const flag = [alone, alone.parent].find((node) => node?.name === 'Field' && node.parent?.name === 'Flag');
    // A field that is neither true nor false wants a sign first.
    if (!flag || ask.fieldOf(flag)?.type === 'flag')
      out.push(word(['and ', 'both are so']), word(['or ', 'one of them is so']));
  }
  if (ask.accepts(', "x"')) out.push(word([', ', 'one more value']));
  if (ask.accepts('}')) out.push(word(['} ', 'end of the set']));
  if (ask.accepts(')')) out.push(word([') ', 'end of the brackets']));
  return out;
}

/** Those that have what was typed, first those that begin with it. */
function matching(all: readonly Completion[], said: string, most: number): Completion[] {
  const wanted = said.toLowerCase();
  const bare = (label: string): string => label.toLowerCase().replace(/^["']/, '');
  const rank = ({ label, also = [] }: Completion): number => {
    const text = bare(label);
    if (text === wanted) return 0;
    if (text.startsWith(wanted) || also.some((name) => name.toLowerCase().startsWith(wanted))) return 1;
    const [, value = ''] = / == "(.*)"$/.exec(text) ?? [];
    return value.startsWith(wanted) ? 2 : text.includes(wanted) ? 3 : 4;
  };
  return all
    .map((option) => ({ option, at: wanted === '' ? 1 : rank(option) }))
    .filter(({ at }) => at < 4)
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ option }) => option);
}

/** A text as the language has it. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(/(?<=(?:^|[^\\])(?:\\\\)*)\\([bf])/g, (_, c) =>
    c === 'b' ? '\\u0008' : '\\u000c',
  );

const counted = (count: number): string => (count > 0 ? count.toLocaleString('en') : '');
