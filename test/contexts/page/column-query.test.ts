import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnTest,
  missingField,
  type QueryTables,
} from '../../../src/contexts/page/browser/column-query.js';
import { readQuery } from '../../../src/contexts/query/check.js';
import { evaluator } from '../../../src/contexts/query/evaluate.js';

const NOW = 0;
const TEXTS = ['', 'create', 'delete', 'a\nb', '\ud800', 'é'];
const EXPRESSIONS = [
  'verb == "create"',
  'verb != "create"',
  'verb in {"create", ""}',
  'not exists(verb)',
  'regexp(verb, "e$")',
  'verb < "d"',
  'lines > 2 and verb == "delete" or background',
  'any(verb == "delete")',
  'caused(verb == "delete")',
  'caused(verb != "delete") and not any(code >= 400)',
  'verb == actor',
  'verb != actor',
  'sourceIPs == "create"',
  'not exists(sourceIPs)',
  '400 <= code < 500',
  'context == "c1"',
  '',
];
interface Line {
  verb: string;
  actor: string;
  code: number | null;
}
const line = fc.record({
  verb: fc.constantFrom(...TEXTS),
  actor: fc.constantFrom(...TEXTS),
  code: fc.constantFrom(null, 200, 404),
});
const contexts = fc.array(fc.array(line, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
const column = (all: readonly string[]) => ({ values: TEXTS, ids: all.map((text) => TEXTS.indexOf(text)) });

function tablesOf(all: readonly (readonly Line[])[]): QueryTables {
  const lines = all.flat();
  const starts = [0];
  for (const one of all) starts.push(starts.at(-1)! + one.length);
  const texts = (of: readonly Line[]) => ({
    verb: column(of.map(({ verb }) => verb)),
    actor: column(of.map(({ actor }) => actor)),
    code: { at: (row: number) => of[row]!.code },
  });
  const triggers = all.map((one) => one[0]!);
  return {
    context: (name) =>
      ({
        ...texts(triggers),
        source_ips: column(triggers.map(({ verb }) => verb)),
        id: { at: (row: number) => `c${row}` },
        lines: { at: (row: number) => all[row]!.length },
        background: { at: (row: number) => row % 2 === 0 },
      })[name],
    line: (name) => ({ ...texts(lines) })[name as keyof ReturnType<typeof texts>],
    linesOf: (row) => [starts[row]!, starts[row + 1]!],
  };
}

describe('expressions over columns', () => {
  it('find what the evaluator finds', () => {
    fc.assert(
      fc.property(contexts, fc.constantFrom(...EXPRESSIONS), (all, text) => {
        const query = readQuery(text, { now: NOW });
        const ask = evaluator(query);
        const test = columnTest(query, tablesOf(all));
        const known = (one: Line) => ({ ...one, verb: one.verb || null, actor: one.actor || null });
        for (const [row, lines] of all.entries()) {
          const trigger = known(lines[0]!);
          const subject = {
            row: {
              ...trigger,
              source_ips: trigger.verb === null ? null : [trigger.verb],
              id: `c${row}`,
              lines: lines.length,
              background: row % 2 === 0,
            },
            lines: () => lines.map((one, i) => ({ row: known(one), trigger: i === 0 })),
          };
          expect(test(row)).toBe(ask(subject));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('name the field that is not held, of lines apart', () => {
    const tables = tablesOf([]);
    const missing = (text: string): string | null => missingField(readQuery(text, { now: NOW }), tables);
    expect(missing('verb == "a" and not sourceIPs == "b"')).toBeNull();
    expect(missing('any(sourceIPs == "b")')).toBe('sourceIPs');
    expect(missing('verb == namespace')).toBe('objectRef.namespace');
  });
});
