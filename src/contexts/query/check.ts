import type { SyntaxNode } from '@lezer/common';
import { RE2JS } from 're2js';
import { nearestName } from '../../nearest-name.js';
import { FIELD_NAMES, type Field, type FieldType, findField } from './fields.js';
import { readNumber, readText, readTime } from './literals.js';
import { childrenOf, LIMITS, parseQuery, textOf } from './parse.js';
import { explicitClasses, MOST_CLASSES } from './pattern.js';
import { QueryError } from './query-error.js';
import { absent, isNull, TIMES } from './syntax-hints.js';
import type { Literal, Operator, Query } from './tree.js';
import { wellFormed } from './well-formed.js';

export interface CheckOptions {
  /** What `now` is, in milliseconds since 1970. */
  now: number;
}

/** A side of a comparison. */
type Operand = { node: SyntaxNode } & (
  | { kind: 'field'; field: Field }
  | { kind: 'literal'; type: 'text' | 'number' | 'time' | 'flag'; value: Literal }
  | { kind: 'pattern'; pattern: string }
);

const SIGNS: Record<string, Operator> = { '≤': '<=', '≥': '>=', '≠': '!=' };
const TURNED: Record<Operator, Operator> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const A: Record<FieldType, string> = {
  text: 'a text',
  texts: 'a list of texts',
  number: 'a number',
  time: 'a time',
  flag: 'true or false',
};
const LIKE: Record<FieldType, string> = {
  text: '"create"',
  texts: '"system:masters"',
  number: '50',
  time: '2026-01-31T08:00:00Z or now-1h',
  flag: 'true',
};

/**
 * Reads an expression: parses it, finds its fields, and sees that the types fit.
 *
 * @param text The expression; an empty one is true of every context.
 * @throws {QueryError} It cannot be understood; the message underlines the place.
 * @example readQuery('verb == "create" and lines > 50', { now: Date.now() })
 */
export function readQuery(text: string, options: CheckOptions): Query {
  const source = wellFormed(text);
  if (source.trim() === '') return { kind: 'all' };
  return new Checker(source, options).expression(parseQuery(source).topNode.firstChild!, null);
}

class Checker {
  readonly #source: string;
  readonly #now: number;
  #tests = 0;
  #quantifiers = 0;

  constructor(source: string, { now }: CheckOptions) {
    this.#source = source;
    this.#now = now;
  }

  /** @param below The name of the quantifier around it. */
  expression(node: SyntaxNode, below: 'any' | 'caused' | null): Query {
    const children = childrenOf(node);
    const inner = (child: SyntaxNode | undefined): Query => this.expression(child!, below);
    switch (node.name) {
      case 'And':
      case 'Or':
        return this.#chain(node.name, children, below);
      case 'Not':
        return { kind: 'not', part: inner(children.at(-1)) };
      case 'Group':
        return inner(children[1]);
      case 'Any':
      case 'Caused':
        return this.#quantifier(node, children[2]!, below);
    }
    this.#count(node);
    switch (node.name) {
      case 'Exists':
        return { kind: 'exists', field: this.#field(children[2]!, below) };
      case 'Matches': {
        const field = this.#field(children[2]!, below);
        return this.#matches(children[2]!, field, children[4]!);
      }
      case 'Flag': {
        const field = this.#field(children[0]!, below);
        if (field.type !== 'flag')
          this.#fail(
            node,
            `expected a comparison of ${field.name}, got the field alone`,
            `As in ${field.name} == ${LIKE[field.type].split(' ')[0]} or exists(${field.name}).`,
          );
        return { kind: 'compare', field, operator: '==', value: true };
      }
      case 'Member':
        return this.#member(children, below);
      default:
        return this.#comparison(children, below);
    }
  }

  #chain(name: string, children: readonly SyntaxNode[], below: 'any' | 'caused' | null): Query {
    const parts = children.filter((_, i) => i % 2 === 0).map((child) => this.expression(child, below));
    return { kind: name === 'And' ? 'and' : 'or', parts };
  }

  #quantifier(node: SyntaxNode, body: SyntaxNode, below: 'any' | 'caused' | null): Query {
    const kind = node.name === 'Any' ? 'any' : 'caused';
    if (below)
      this.#fail(node, `expected no ${kind}(…) inside ${below}(…)`, `Join them: ${below}(…) and ${kind}(…).`);
    if (++this.#quantifiers > LIMITS.quantifiers)
      this.#fail(node, `expected at most ${LIMITS.quantifiers} times any(…) or caused(…), got more`);
    return { kind, part: this.expression(body, kind) };
  }

  #field(node: SyntaxNode, below: 'any' | 'caused' | null): Field {
    const name = textOf(this.#source, node).replace(/\s/g, '');
    const field = findField(name);
    if (!field) return this.#fail(node, `expected a field, got “${name}”`, this.#hintOf(name, node));
    if (below && field.of === 'context')
      this.#fail(
        node,
        `expected a field of a line inside ${below}(…), got ${field.name}, which is one of the context`,
        `Ask it beside: ${below}(…) and ${field.name} ….`,
      );
    return field;
  }

  /** What is meant by a word that is no field: nothing, a value without quotation marks, or another field. */
  #hintOf(word: string, { from, to }: SyntaxNode): string {
    const [, left, sign] =
      /([A-Za-z_][\w.]*)\s*([=!<>]=?)\s*$/.exec(this.#source.slice(Math.max(0, from - 200), from)) ?? [];
    const [, turned, right] =
      /^\s*([=!<>]=?)\s*([A-Za-z_][\w.]*)/.exec(this.#source.slice(to, to + 200)) ?? [];
    const typed = left ?? right ?? '';
    const other = findField(typed);
    if (isNull(word)) return absent(other ? typed : 'namespace', (sign ?? turned) !== '!=');
    const near = nearestName(word, FIELD_NAMES);
    if (other && (left !== undefined || !near)) {
      if (other.type === 'text' || other.type === 'texts')
        return `Texts stand in quotes: ${typed} ${sign ?? turned} "${word}".`;
      return other.type === 'time' ? TIMES : `As in ${typed} == ${LIKE[other.type]}.`;
    }
    if (near) return `Did you mean ${near}?`;
    const alone =
      this.#source.trim() === word ? `Of a text say of which field it is: verb == "${word}". ` : '';
    return `${alone}Fields are ${FIELD_NAMES.slice(0, 8).join(', ')}, …: docs/query.md.`;
  }

  #comparison(children: readonly SyntaxNode[], below: 'any' | 'caused' | null): Query {
    const parts: Query[] = [];
    for (let i = 0; i + 2 < children.length; i += 2) {
      if (i > 0) this.#count(children[i]!);
      const sign = textOf(this.#source, children[i + 1]!);
      parts.push(
        this.#pair(
          this.#operand(children[i]!, below),
          SIGNS[sign] ?? (sign as Operator),
          this.#operand(children[i + 2]!, below),
        ),
      );
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #pair(left: Operand, operator: Operator, right: Operand): Query {
    if (left.kind !== 'field') {
      if (right.kind !== 'field')
        return this.#fail(
          left.node,
          'expected a field on one side, got two values',
          'Texts stand in quotes, fields do not.',
        );
      return this.#pair(right, TURNED[operator], left);
    }
    const { field } = left;
    const ordered = operator !== '==' && operator !== '!=';
    if (right.kind === 'pattern') {
      if (ordered) this.#fail(right.node, `expected == or != before a pattern, got ${operator}`);
      const test = this.#pattern(left.node, field, right.pattern, right.node);
      return operator === '==' ? test : { kind: 'not', part: test };
    }
    if (ordered && (field.type === 'texts' || field.type === 'flag'))
      this.#fail(
        left.node,
        `expected == or != for ${field.name}, which is ${A[field.type]}, got ${operator}`,
      );
    if (right.kind === 'field') {
      if (field.type === 'texts' || right.field.type !== field.type)
        this.#fail(
          right.node,
          `expected ${A[field.type]} beside ${field.name}, got ${right.field.name}, which is ${A[right.field.type]}`,
        );
      return { kind: 'fields', field, operator, other: right.field };
    }
    return { kind: 'compare', field, operator, value: this.#fit(field, right) };
  }

  #member(children: readonly SyntaxNode[], below: 'any' | 'caused' | null): Query {
    const field = this.#field(children[0]!, below);
    const set = children.at(-1)!;
    const items = childrenOf(set).filter(({ name }) =>
      ['String', 'Number', 'Time', 'Boolean'].includes(name),
    );
    if (items.length > LIMITS.setValues)
      this.#fail(set, `expected a set of at most ${LIMITS.setValues} values, got ${items.length}`);
    const values = items.map((item) => this.#fit(field, this.#operand(item, below)));
    const test: Query = { kind: 'in', field, values };
    return children.length === 4 ? { kind: 'not', part: test } : test;
  }

  #operand(node: SyntaxNode, below: 'any' | 'caused' | null): Operand {
    const text = textOf(this.#source, node);
    switch (node.name) {
      case 'Field':
        return { kind: 'field', field: this.#field(node, below), node };
      case 'Pattern':
        return { kind: 'pattern', pattern: this.#text(childrenOf(node)[2]!), node };
      case 'String':
        return { kind: 'literal', type: 'text', value: this.#text(node), node };
      case 'Boolean':
        return { kind: 'literal', type: 'flag', value: text === 'true', node };
      case 'Time':
        return { kind: 'literal', type: 'time', value: this.#time(text, node), node };
      default: {
        const value = readNumber(text) ?? this.#fail(node, `expected a number below 1.8e308, got ${text}`);
        return { kind: 'literal', type: 'number', value, node };
      }
    }
  }

  /** The value as the field has it; a time may stand in quotes. */
  #fit(field: Field, operand: Operand): Literal {
    if (operand.kind !== 'literal') return this.#fail(operand.node, 'expected a value, got something else');
    if (field.type === 'time' && operand.type === 'text')
      return this.#time(operand.value as string, operand.node);
    if (operand.type === (field.type === 'texts' ? 'text' : field.type)) return operand.value;
    return this.#fail(
      operand.node,
      `expected ${A[field.type]} for ${field.name}, got ${A[operand.type]}`,
      `As in ${field.name} == ${LIKE[field.type]}.`,
    );
  }

  #text(node: SyntaxNode): string {
    return readText(this.#source, textOf(this.#source, node), node.from);
  }

  #time(text: string, node: SyntaxNode): number {
    return readTime(text, this.#now) ?? this.#fail(node, `expected a time, got “${text}”`, TIMES);
  }

  #matches(fieldNode: SyntaxNode, field: Field, node: SyntaxNode): Query {
    return this.#pattern(fieldNode, field, this.#text(node), node);
  }

  #pattern(fieldNode: SyntaxNode, field: Field, pattern: string, node: SyntaxNode): Query {
    if (field.type !== 'text' && field.type !== 'texts')
      this.#fail(fieldNode, `expected a text for a pattern, got ${field.name}, which is ${A[field.type]}`);
    if (pattern.length > LIMITS.patternCharacters)
      this.#fail(
        node,
        `expected a pattern of at most ${LIMITS.patternCharacters} characters, got ${pattern.length}`,
      );
    try {
      RE2JS.compile(pattern);
    } catch (error) {
      this.#fail(
        node,
        `expected a pattern, got ${(error as Error).message.replace(/^error parsing regexp: /, '')}`,
        'Patterns are RE2: https://github.com/google/re2/wiki/Syntax; no look-around, no back-references.',
      );
    }
    const explicit = explicitClasses(pattern, () =>
      this.#fail(node, `expected at most ${MOST_CLASSES} classes such as \\pL in a pattern, got more`),
    );
    return { kind: 'matches', field, pattern: explicit };
  }

  #count(node: SyntaxNode): void {
    if (++this.#tests > LIMITS.tests)
      this.#fail(node, `expected at most ${LIMITS.tests} comparisons, got more`);
  }

  #fail({ from, to }: SyntaxNode, says: string, hint?: string): never {
    throw new QueryError(this.#source, from, to, says, hint);
  }
}
