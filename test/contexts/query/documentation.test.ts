import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openContexts } from '../../../src/cli/context-source.js';
import { IDLE } from '../../../src/cli/idle.js';
import { METHODS } from '../../../src/contexts/labels/methods.js';
import { readQuery } from '../../../src/contexts/query/check.js';
import { evaluator, type Row, type Subject } from '../../../src/contexts/query/evaluate.js';
import { FIELDS } from '../../../src/contexts/query/fields.js';
import { LIMITS } from '../../../src/contexts/query/parse.js';
import { contextRow, lineRow } from '../../../src/contexts/query/row.js';

const page = readFileSync('docs/query.md', 'utf8');
const NOW = Date.parse('2026-11-23T08:00:00Z');
const asks = (subjects: readonly Subject[], text: string): number =>
  subjects.filter(evaluator(readQuery(text, { now: NOW }))).length;

describe('docs/query.md', () => {
  const subjects: Subject[] = [];
  beforeAll(async () => {
    const rows = new Map<number, Row>();
    const source = await openContexts({
      files: ['datasets/first-light/audit.jsonl.gz'],
      methods: METHODS,
      idle: IDLE.file,
      assigned: (line, _, event) => void rows.set(line, lineRow(event)),
    });
    for await (const context of source.contexts) {
      const lines = context.lines.map((line) => ({
        row: rows.get(line)!,
        trigger: line === context.trigger.line,
      }));
      if (!context.background) subjects.push({ row: contextRow(context), lines: () => lines });
    }
    await source.release();
  });

  it('has examples with answers as they are', () => {
    const examples = [...page.matchAll(/^\| `` ?(.+?) ?`` \| .+ \| ([\d,]+) \|$/gm)];
    expect(examples.length).toBeGreaterThan(9);
    const answers = examples.map(([, text]) => asks(subjects, text!).toLocaleString('en-US'));
    expect(examples.map(([, text, answer]) => [text, answer])).toEqual(
      examples.map(([, text], i) => [text, answers[i]]),
    );
  });

  it('names every field', () => {
    const rows = FIELDS.map(
      ({ name, aliases, of, compact, type, describe }) =>
        `| \`${name}\`${aliases.map((alias) => ` \`${alias}\``).join('')} | ${type} | ${of === 'line' ? (compact ? '●' : '') : 'of the context'} | ${describe} |`,
    );
    const table = ['| field | type | | what it is |', '|---|---|---|---|', ...rows].join('\n');
    expect(page).toContain(table);
  });

  it('says the limits', () => {
    const { characters, depth, tests, setValues, patternCharacters, quantifiers } = LIMITS;
    const number = (value: number): string => value.toLocaleString('en-US');
    expect(page.replace(/\s+/g, ' ')).toContain(
      `${number(characters)} characters, brackets ${depth} deep, ${number(tests)} comparisons, sets of ${number(setValues)} values, patterns of ${number(patternCharacters)} characters, ${quantifiers} times \`any\` or \`caused\``,
    );
  });

  it('shows a fault as it is told', () => {
    const [, told] = /```\n(query: [\s\S]+?)\n```/.exec(page)!;
    let message = '';
    try {
      readQuery('usernme == "dev-a"', { now: NOW });
    } catch (error) {
      message = String(error);
    }
    expect(message).toBe(told);
  });
});
