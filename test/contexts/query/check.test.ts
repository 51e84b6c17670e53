import { describe, expect, it } from 'vitest';
import { readQuery } from '../../../src/contexts/query/check.js';
import { evaluator, type Row } from '../../../src/contexts/query/evaluate.js';
import { LIMITS } from '../../../src/contexts/query/parse.js';

const now = Date.parse('2026-11-29T12:00:00Z');
const fault = (source: string): string => {
  try {
    readQuery(source, { now });
  } catch (error) {
    return String(error);
  }
  return 'no fault';
};
const row: Row = {
  verb: 'create',
  username: 'dev-a',
  groups: ['dev', 'system:authenticated'],
  namespace: null,
  name: 'web "1"',
  code: 201,
  lines: 50,
  staged: Date.parse('2026-11-29T11:30:00Z') * 1000,
  background: false,
};
const caused: Row = {
  verb: 'delete',
  username: 'system:serviceaccount:kube-system:replicaset-controller',
  namespace: 'shop',
};
const holds = (source: string): boolean =>
  evaluator(readQuery(source, { now }))({
    row,
    lines: () => [
      { row, trigger: true },
      { row: caused, trigger: false },
    ],
  });

describe('an expression', () => {
  it.each([
    ['', true],
    ['verb == "create" and objectRef.namespace == "default"', false],
    ['username == "dev-a" or stagetimestamp >= 2027-01-01', true],
    [
      '(username == "dev-b" and exists(namespace)) or 2026-11-29T11:00:00Z <= stagetimestamp <= 2026-11-29T12:00:00Z',
      true,
    ],
    ['username == regexp(".*dev.*") ∧ ¬exists(namespace)', true],
    ['1 < lines <= 50', true],
    ['1 < lines < 50', false],
    ['50 >= lines > 1', true],
    ['verb in {"create", "delete"} and verb not in {}', true],
    ['stageTimestamp > now-1h and stageTimestamp > "2026-11-29"', true],
    ['name == "web \\"1\\"" and name == \'web "\\u0031"\'', true],
    ['groups == "dev" and not groups == "ops" and groups != "ops"', true],
    ['any(verb == "delete") and not caused(verb == "create")', true],
    ['caused(verb == "delete" and regexp(username, "^system:"))', true],
    ['not background', true],
    ['code >= 200 and not code >= 300', true],
  ])('%s is %s', (source, expected) => expect(holds(source)).toBe(expected));

  it('has two values: a test of what is absent is false, and its opposite is true', () => {
    expect(holds('namespace == "a"')).toBe(false);
    expect(holds('namespace != "a"')).toBe(true);
    expect(holds('not namespace == "a"')).toBe(true);
    expect(holds('namespace < "a" or namespace >= "a"')).toBe(false);
    expect(holds('namespace == namespace')).toBe(false);
    expect(holds('namespace in {"a"} or namespace not in {"a"}')).toBe(true);
    expect(holds('regexp(namespace, "")')).toBe(false);
  });

  it('binds not before and, and and before or', () => {
    expect(holds('not verb == "create" and verb == "create"')).toBe(false);
    expect(holds('verb == "create" or verb == "x" and verb == "y"')).toBe(true);
  });
});

describe('a fault', () => {
  it('underlines an unknown field and names the nearest', () => {
    expect(fault('verb == "create" and\n  usernme == "x"')).toBe(
      'query: 2:3: expected a field, got “usernme”.\n    usernme == "x"\n    ^^^^^^^\n  Hint: Did you mean username?',
    );
  });

  it.each([
    ['verb = "create"', '1:6: expected something else than “=” here', 'Write == to compare.'],
    ['verb ==', '1:8: expected the expression to go on, got its end', 'Compare a field with a value'],
    ['verb == create', '1:9: expected a field, got “create”', 'Fields are'],
    [
      'verb',
      '1:1: expected a comparison of verb, got the field alone',
      'As in verb == "create" or exists(verb).',
    ],
    ['lines > "5"', '1:9: expected a number for lines, got a text', 'As in lines == 50.'],
    ['staged > 5', '1:1: expected a field, got “staged”', 'Did you mean stage?'],
    ['stageTimestamp > 5', '1:18: expected a time for stageTimestamp, got a number', '2026-01-31T08:00:00Z'],
    ['stageTimestamp > 2026-02-30', '1:18: expected a time, got “2026-02-30”', 'As in 2026-01-31'],
    ['"a" == "b"', '1:1: expected a field on one side, got two values', 'Texts stand in quotes'],
    ['groups < "a"', '1:1: expected == or != for user.groups, which is a list of texts, got <', ''],
    ['verb < regexp("a")', '1:8: expected == or != before a pattern, got <', ''],
    ['regexp(lines, "5")', '1:8: expected a text for a pattern, got lines, which is a number', ''],
    ['regexp(verb, "(a")', '1:14: expected a pattern, got missing closing )', 'Patterns are RE2'],
    ['regexp(verb, "(?=a)")', '1:14: expected a pattern, got invalid', 'no look-around'],
    ['any(lines > 5)', '1:5: expected a field of a line inside any(…), got lines', 'any(…) and lines'],
    ['any(caused(verb == "a"))', '1:5: expected no caused(…) inside any(…)', 'Join them'],
    ['verb == "a\\d"', '1:11: expected an escape, got “\\d”', 'a backslash itself is'],
    ['verb == "abc', '1:9: expected something else than', 'A text ends with the quotation mark'],
    ['verb == "a" AND verb == "b"', '1:13: expected something else than “AND” here', 'Write and.'],
    ['code == 1e999', '1:9: expected a number below 1.8e308, got 1e999', ''],
  ])('of %s', (source, says, hint) => {
    expect(fault(source)).toContain(`query: ${says}`);
    expect(fault(source)).toContain(hint);
  });

  it('shows nothing that a terminal acts on', () => {
    expect(fault('verb == \u001b[2J')).not.toContain('\u001b');
    expect(fault('verb == "\u202e" x')).not.toContain('\u202e');
  });

  it('bounds what is asked', () => {
    expect(fault('x'.repeat(LIMITS.characters + 1))).toContain(`at most ${LIMITS.characters} characters`);
    expect(fault(`${'('.repeat(100)}verb == "a"${')'.repeat(100)}`)).toContain('brackets at most 64 deep');
    expect(fault(`${'not '.repeat(1001)}background`)).toContain('at most 1000 negations');
    expect(fault(Array(1200).fill('code').join('<'))).toContain('at most 1000 comparisons');
    expect(fault(`verb in {${Array(1001).fill('"a"').join(',')}}`)).toContain('a set of at most 1000 values');
    expect(fault(`regexp(verb, "${'a'.repeat(1001)}")`)).toContain('a pattern of at most 1000 characters');
    expect(fault(`regexp(verb, "${'\\\\pL'.repeat(9)}")`)).toContain('at most 8 classes such as');
    expect(fault(Array(17).fill('any(verb=="a")').join(' or '))).toContain('at most 16 times');
    expect(holds(Array(700).fill('background').join(' or '))).toBe(false);
    expect(holds(Array(600).fill('lines > 1').join(' and '))).toBe(true);
  });

  it('matches in linear time', () => {
    const long = { ...row, name: `${'a'.repeat(50_000)}!` };
    const query = evaluator(readQuery('regexp(name, "^(a+)+$")', { now }));
    expect(query({ row: long, lines: () => [] })).toBe(false);
  });
});
