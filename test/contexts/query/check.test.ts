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
    ['verb == create', '1:9: expected a field, got “create”', 'Texts stand in quotes: verb == "create".'],
    ['create == verb', '1:1: expected a field, got “create”', 'Texts stand in quotes: verb == "create".'],
    [
      'create',
      '1:1: expected a field, got “create”',
      'say of which field it is: verb == "create". Fields are',
    ],
    ['from > yesterday', '1:8: expected a field, got “yesterday”', 'As in 2026-01-31'],
    ['from > 2026-1-1', '1:12: expected something else than “-” here', 'As in 2026-01-31'],
    ['code == many', '1:9: expected a field, got “many”', 'As in code == 50.'],
    ['name ~ "web"', '1:6: expected something else than “~” here', 'Write regexp(name, "web").'],
    ['objectRef.name =~ "a\\"b"', '1:16:', 'Write regexp(objectRef.name, "a\\"b").'],
    ['name !~ "web"', '1:6:', 'Write not regexp(name, "web").'],
    ["verb == 'a' and name LIKE 'web'", '1:22:', "Write regexp(name, 'web')."],
    ['name contains web', '1:6:', 'Write regexp(name, "…").'],
    ['namespace == null', '1:14: expected a field, got “null”', 'Write not exists(namespace).'],
    ['namespace != NULL', '1:14:', 'Write exists(namespace).'],
    [
      'null == namespace and verb == "a"',
      '1:1: expected a field, got “null”',
      'Write not exists(namespace).',
    ],
    ['namespace is null', '1:11:', 'Write not exists(namespace).'],
    ['namespace is not null', '1:11:', 'Write exists(namespace).'],
    ['namespace is null and verb == "a"', '1:11:', 'Write not exists(namespace).'],
    ['name like "web%"', '1:6:', 'Write regexp(name, "…").'],
    ['verb is "create"', '1:6:', 'Write == to compare.'],
    ['"create"', '1:9:', 'Say of which field it is: verb == "create", or regexp(name, "create").'],
    [" 'create' ", '1:11:', "verb == 'create', or regexp(name, 'create')."],
    ['50', '1:3:', 'Say of which field it is: lines == 50.'],
    ['verb == "a" && name = "b"', '1:21:', 'Write == to compare.'],
    ['verb === "a"', '1:8:', 'Write == to compare.'],
    ['verb <> "a"', '1:7:', 'Write !=.'],
    ['verb: create', '1:5:', 'Write == to compare: verb == "…".'],
    ['NOT background', '1:5:', 'Write not.'],
    ['and verb == "a"', '1:1:', 'Something stands on both sides of and'],
    ['verb == "a" & code == 1', '1:13:', 'Write and.'],
    ['verb == "a" | code == 1', '1:13:', 'Write or.'],
    ['verb == "a" code == 1', '1:13:', 'Join comparisons by and or or.'],
    ['verb == "a", code == 1', '1:12:', 'Join comparisons by and or or.'],
    ['verb in ["a"]', '1:9:', 'Sets stand in braces: verb in {"create", "delete"}.'],
    ['name not in ("a")', '1:13:', 'Sets stand in braces: name in {"create", "delete"}.'],
    ['verb == “a”', '1:9:', 'Write plain quotation marks: "…".'],
    ['name == *', '1:9:', 'exists(name) is any value.'],
    ['exists("name")', '1:8:', 'As in exists(name)'],
    ['regexp("a", name)', '1:11:', 'As in regexp(name, "^web-")'],
    ['caused', '1:7:', 'As in caused(verb == "delete").'],
    ['(verb == "a"', '1:13:', 'A bracket is open: write ).'],
    ['verb == "a")', '1:12:', 'No bracket is open here'],
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

  it.each([
    ...[
      'name ~ "web"',
      'name !~ "web"',
      'namespace == null',
      'namespace is not null',
      '"create"',
      'verb == create',
    ],
    ...['50', 'caused', 'name == *', "verb == 'a' and name LIKE 'web'", 'null != ns', 'from > yesterday'],
  ])('of %s has a hint that works as it is written', (source) => {
    const hint = /Hint: (.*)$/s.exec(fault(source))![1]!;
    const written = hint.matchAll(
      /(?:not )?(?:exists|regexp|caused)\((?:[^()"']|"[^"]*"|'[^']*')*\)|\w+ == (?:"[^"]*"|\d+)|2026\S*\d|now-1h/g,
    );
    const tries = [...written].map(([text]) => (/^(2026|now)/.test(text) ? `from > ${text}` : text));
    expect(tries.length).toBeGreaterThan(0);
    for (const text of tries) expect(() => readQuery(text, { now })).not.toThrow();
  });

  it('shows nothing that a terminal acts on', () => {
    expect(fault('verb == \u001b[2J')).not.toContain('\u001b');
    expect(fault('verb == "\u202e" x')).not.toContain('\u202e');
    for (const source of ['name ~ "\u202e"', '"\u202e"']) expect(fault(source)).not.toContain('\u202e');
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
