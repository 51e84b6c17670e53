import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuery } from '../../../src/contexts/query/check.js';
import { type CompleteOptions, completeQuery } from '../../../src/contexts/query/complete.js';

const VALUES: Record<string, readonly string[]> = {
  verb: ['create', 'delete', 'get'],
  actor: ['eve', 'a "b" \\c\n'],
  namespace: ['lab-1', 'lab-2'],
  code: ['200', '404'],
};
const OPTIONS: CompleteOptions = {
  values: ({ column }) => (VALUES[column] ?? []).map((value, i) => ({ value, count: 9 - i })),
  beginWith: ['actor', 'namespace'],
  most: 100,
};
const labels = (text: string, caret = text.length): string[] =>
  completeQuery(text, caret, OPTIONS).options.map(({ label }) => label);
const taken = (text: string, label: string): string => {
  const { from, to, options } = completeQuery(text, text.length, OPTIONS);
  return text.slice(0, from) + options.find((one) => one.label === label)!.insert + text.slice(to);
};

describe('completions of an expression', () => {
  it.each([
    ['', 'verb'],
    ['na', 'namespace'],
    ['ip', 'sourceIP'],
    ['(ver', 'verb'],
    ['not ', 'verb'],
    ['verb == "get" and na', 'name'],
    ['any(', 'objectRef.uid'],
    ['exists(na', 'namespace'],
    ['400 <= co', 'code'],
  ])('offers fields where a test begins: %s', (text, label) => {
    const all = labels(text);
    expect(all.concat('objectRef.uid')).toContain(label);
    expect(all.length).toBeGreaterThan(0);
  });

  it('offers signs that fit the type of the field', () => {
    expect(labels('verb ')).toEqual(['==', '!=', 'in {', 'not in {', '== regexp("']);
    expect(labels('lines ')).toEqual(['==', '!=', '<', '<=', '>', '>=']);
    expect(labels('background ')).toEqual(['==', '!=', 'and', 'or']);
    expect(labels('verb =')).toEqual(['==', '== regexp("', '!=']);
  });

  it('offers values that there are, most frequent first, as the language quotes them', () => {
    expect(labels('verb == ')).toEqual(['"create"', '"delete"', '"get"']);
    expect(labels('verb == "de')).toEqual(['"delete"']);
    expect(labels('code == ')).toEqual(['200', '404']);
    expect(labels('background == ')).toEqual(['true', 'false']);
    expect(labels('caused(verb in {"get", ')).toEqual(['"create"', '"delete"', '"get"']);
    expect(labels('from >= ')).toEqual(['now-1h', 'now-1d', 'now-1w']);
    const whole = taken('actor == "a', '"a \\"b\\" \\\\c\\n"');
    expect(readQuery(whole, { now: 0 })).toMatchObject({ value: 'a "b" \\c\n' });
  });

  it('offers the whole test of a value that is typed alone', () => {
    expect(labels('eve')[0]).toBe('actor == "eve"');
    expect(taken('lab', 'namespace == "lab-2"')).toBe('namespace == "lab-2" ');
  });

  it('offers what joins tests, and what closes brackets', () => {
    expect(labels('verb == "get" ')).toEqual(['and', 'or']);
    expect(labels('(verb == "get" ')).toEqual(['and', 'or', ')']);
    expect(labels('verb in {"get"')).toEqual([',', '}']);
    expect(labels('verb == "get" an')).toEqual(['and']);
  });

  it('offers fields of lines alone inside any and caused', () => {
    expect(labels('lin')).toContain('lines');
    expect(labels('any(lin')).not.toContain('lines');
    expect(labels('caused(not (lin')).not.toContain('lines');
  });

  it('offers nothing within patterns', () => {
    expect(labels('regexp(name, "')).toEqual([]);
    expect(labels('text == regexp("a')).toEqual([]);
  });

  it('replaces the whole of what the caret stands in', () => {
    expect(completeQuery('verb == "del" and lines > 1', 11, OPTIONS)).toMatchObject({
      from: 8,
      to: 13,
      options: [{ insert: '"delete" ' }],
    });
    expect(completeQuery('verb == 1', 2, OPTIONS)).toMatchObject({ from: 0, to: 4 });
  });

  it('can be taken as it stands, whatever is written', () => {
    const words = fc.constantFrom(
      ...['verb', 'lines', '==', '!=', '<', 'in', '{', '}', '"get"', '"', '1', 'and', 'not', '(', ')', ','],
      ...['any(', 'caused(', 'regexp(', 'exists(', 'background', '2026-01-01', ' ', '\\', '¬', '\ud800', '∧'],
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), fc.nat(40), (parts, at) => {
        const text = parts.join(' ');
        const caret = Math.min(at, text.length);
        const { from, to, options } = completeQuery(text, caret, OPTIONS);
        expect(from).toBeLessThanOrEqual(caret);
        expect(to).toBeGreaterThanOrEqual(caret);
        for (const { insert } of options) expect(insert).not.toBe('');
      }),
    );
  });
});
