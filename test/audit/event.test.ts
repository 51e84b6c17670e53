import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent, receivedMicros, show } from '../../src/audit/event.js';
import { lineOf } from '../fixtures/audit/lines.js';

const PLACE = { file: 'audit.log', line: 7 };
const parse = (fields: Record<string, unknown>) => parseEvent(lineOf(fields), PLACE);
const messageOf = (text: string): string => {
  try {
    parseEvent(text, PLACE);
    return 'nothing';
  } catch (error) {
    return String(error);
  }
};
const DROP = '\n  Hint: Drop the line with --skip-invalid, or export the log again.';

describe('parseEvent', () => {
  it('gives the event with all that is in it', () => {
    const read = parse({ responseObject: { kind: 'Pod', items: [1, null] }, stranger: { a: 1 } });
    expect(read).toEqual(
      JSON.parse(lineOf({ responseObject: { kind: 'Pod', items: [1, null] }, stranger: { a: 1 } })),
    );
  });

  it('takes null for absent where a field may be absent', () => {
    const read = parse({
      objectRef: null,
      responseStatus: null,
      annotations: null,
      impersonatedUser: null,
      userAgent: null,
      requestURI: null,
    });
    for (const key of [
      'objectRef',
      'responseStatus',
      'annotations',
      'impersonatedUser',
      'userAgent',
      'requestURI',
    ])
      expect(read).not.toHaveProperty(key);
    expect(parse({ objectRef: { resource: 'pods', namespace: null } }).objectRef).toEqual({
      resource: 'pods',
    });
  });

  it('asks for no kind, which items of an EventList lack', () => {
    expect(parse({ kind: undefined, apiVersion: undefined }).verb).toBe('get');
  });

  it.each([
    [{ auditID: undefined }, 'auditID to be a text, got nothing'],
    [{ auditID: '' }, 'auditID to be a text, got ""'],
    [{ stage: undefined }, 'stage to be a text, got nothing'],
    [
      { stage: 'Finished' },
      'stage to be one of RequestReceived, ResponseStarted, ResponseComplete, Panic, got "Finished"',
    ],
    [{ verb: 3 }, 'verb to be a text, got 3'],
    [{ user: undefined }, 'user to be an object, got nothing'],
    [{ user: 'dev-a' }, 'user to be an object, got "dev-a"'],
    [{ objectRef: [] }, 'objectRef to be an object, got []'],
    [{ objectRef: { resource: 5 } }, 'objectRef.resource to be a text, got 5'],
    [
      { objectRef: { resource: 'pods', namespace: { a: 1 } } },
      'objectRef.namespace to be a text, got {"a":1}',
    ],
    [{ responseStatus: 200 }, 'responseStatus to be an object, got 200'],
    [{ annotations: 'x' }, 'annotations to be an object, got "x"'],
    [{ userAgent: 1 }, 'userAgent to be a text, got 1'],
    [{ requestURI: ['a'] }, 'requestURI to be a text, got ["a"]'],
    [{ level: 1 }, 'level to be a text, got 1'],
    [{ user: { username: 7 } }, 'user.username to be a text, got 7'],
    [{ user: { groups: 'a' } }, 'user.groups to be a list of texts, got "a"'],
    [{ user: { groups: ['a', 1] } }, 'user.groups to be a list of texts, got ["a",1]'],
    [{ impersonatedUser: { username: [] } }, 'impersonatedUser.username to be a text, got []'],
    [{ sourceIPs: {} }, 'sourceIPs to be a list of texts, got {}'],
    [{ sourceIPs: [null] }, 'sourceIPs to be a list of texts, got [null]'],
    [{ objectRef: { apiVersion: 1 } }, 'objectRef.apiVersion to be a text, got 1'],
    [{ responseStatus: { code: '200' } }, 'responseStatus.code to be a number, got "200"'],
    [{ responseStatus: { reason: 1 } }, 'responseStatus.reason to be a text, got 1'],
    [{ annotations: { a: 1 } }, 'annotations["a"] to be a text, got 1'],
    [{ stageTimestamp: 'now' }, 'stageTimestamp to be RFC 3339, got "now"'],
    [{ kind: 'Pod' }, 'kind to be Event, got "Pod"'],
    [{ requestReceivedTimestamp: null }, 'requestReceivedTimestamp to be RFC 3339, got null'],
    [{ requestReceivedTimestamp: undefined }, 'requestReceivedTimestamp to be RFC 3339, got nothing'],
    [{ requestReceivedTimestamp: 1767225600 }, 'requestReceivedTimestamp to be RFC 3339, got 1767225600'],
    [{ requestReceivedTimestamp: '2026-01-01' }, 'requestReceivedTimestamp to be RFC 3339, got "2026-01-01"'],
    [
      { requestReceivedTimestamp: '2026-13-01T00:00:00Z' },
      'requestReceivedTimestamp to be RFC 3339, got "2026-13-01T00:00:00Z"',
    ],
    [
      { requestReceivedTimestamp: '2026-01-01T00:00:00' },
      'requestReceivedTimestamp to be RFC 3339, got "2026-01-01T00:00:00"',
    ],
    [{ verb: { a: 'x'.repeat(500) } }, `verb to be a text, got {"a":"${'x'.repeat(51)}…`],
  ])('refuses %j with its place', (fields, message) => {
    expect(messageOf(lineOf(fields))).toBe(`audit: audit.log:7: expected ${message}.${DROP}`);
  });

  it.each([
    ['', 'JSON that ends in the middle'],
    ['{"auditID":', 'JSON that ends in the middle'],
    ['{"auditID":"a', 'Unterminated string in JSON at position 13'],
    ['{"auditID":"a" "b"}', "Expected ',' or '}' after property value in JSON at position 15"],
    ['[1]', '[1]'],
    ['null', 'null'],
    ['"text"', '"text"'],
  ])('refuses the line %j', (text, got) => {
    expect(messageOf(text)).toBe(`audit: audit.log:7: expected a JSON object, got ${got}.${DROP}`);
  });

  it('takes the verb that the API server gives OPTIONS, and fields it does not know', () => {
    const read = parse({
      verb: '',
      stage: 'Panic',
      sourceIPs: undefined,
      userAgent: undefined,
      authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' },
      impersonatedUser: { username: 'dana', groups: ['team'], extra: { scopes: ['a'] } },
    });
    expect(read.verb).toBe('');
    expect(read.impersonatedUser?.username).toBe('dana');
  });

  it.each([
    ['v1beta1', { timestamp: '2026-01-01T00:00:03Z' }, '2026-01-01T00:00:03Z'],
    ['v1alpha1', { metadata: { creationTimestamp: '2026-01-01T00:00:04Z' } }, '2026-01-01T00:00:04Z'],
    ['v1beta1', { requestReceivedTimestamp: '2026-01-01T00:00:05.5Z' }, '2026-01-01T00:00:05.5Z'],
  ])('brings %s with %j to v1', (version, times, received) => {
    const read = parse({
      apiVersion: `audit.k8s.io/${version}`,
      requestReceivedTimestamp: undefined,
      objectRef: { resource: 'deployments', namespace: 'shop', name: 'web', apiVersion: 'apps/v1beta2' },
      ...times,
    });
    expect(read.requestReceivedTimestamp).toBe(received);
    expect(read.objectRef).toMatchObject({ apiGroup: 'apps', apiVersion: 'v1beta2' });
  });

  it('takes the time of v1beta1 from an item of a list, which has no version of its own', () => {
    const time = '2026-01-01T00:00:03Z';
    const read = parse({ apiVersion: undefined, requestReceivedTimestamp: undefined, timestamp: time });
    expect(read.requestReceivedTimestamp).toBe(time);
  });

  it('takes the last of two equal keys, as the API server does', () => {
    expect(parseEvent(`{"verb":"list",${lineOf({ verb: 'get' }).slice(1)}`, PLACE).verb).toBe('get');
  });

  it('refuses nesting beyond a thousand levels, wherever it stands, without a stack overflow', () => {
    const deep = (levels: number): string => `${'{"a":['.repeat(levels / 2)}${']}'.repeat(levels / 2)}`;
    const line = (levels: number): string => `{"requestObject":${deep(levels)},${lineOf().slice(1)}`;
    expect(messageOf(line(900))).toBe('nothing');
    expect(messageOf(line(5000))).toBe(
      `audit: audit.log:7: expected at most 1000 levels of nesting, got more.${DROP}`,
    );
    for (const key of ['verb', 'stage', 'auditID'])
      expect(messageOf(`${lineOf().slice(0, -1)},"${key}":${deep(900)}}`)).toContain(
        `expected ${key} to be a text, got {"a":`,
      );
    expect(show(JSON.parse(deep(5000)))).toBe(`${'{"a":['.repeat(10).slice(0, 57)}…`);
  });

  it('lets no line change what other objects are', () => {
    const hostile = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${lineOf().slice(1)}`;
    const read = parseEvent(hostile, PLACE);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect((read as unknown as Record<string, unknown>).polluted).toBeUndefined();
    expect(messageOf(`{"__proto__":${lineOf()}}`)).toBe(
      `audit: audit.log:7: expected auditID to be a text, got nothing.${DROP}`,
    );
  });

  it('gives an event or an error with its place, whatever the line holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc
            .object({ key: fc.constantFrom(...Object.keys(JSON.parse(lineOf()) as object)) })
            .map((fields) => lineOf(fields as Record<string, unknown>)),
        ),
        (text) => {
          expect(messageOf(text)).toMatch(
            /^nothing$|^audit: audit\.log:7: expected [\s\S]+, got [\s\S]+\.\n {2}Hint: /,
          );
        },
      ),
    );
  });
});

describe('receivedMicros', () => {
  const micros = (requestReceivedTimestamp: string): number => receivedMicros({ requestReceivedTimestamp });

  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:00:01.000002Z', 1_000_002],
    ['1970-01-01T00:00:00.5Z', 500_000],
    ['1970-01-01T00:00:00.123456789Z', 123_456],
    ['1970-01-01T02:00:00.000001+02:00', 1],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2026-01-01T00:00:00.654321Z', Date.UTC(2026, 0, 1) * 1000 + 654_321],
  ])('reads %s as %d', (text, expected) => {
    expect(micros(text)).toBe(expected);
  });

  it('keeps every microsecond until the year 2200', () => {
    const when = fc.tuple(
      fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) / 1000 }),
      fc.integer({ min: 0, max: 999_999 }),
    );
    fc.assert(
      fc.property(when, ([seconds, rest]) => {
        const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
        const read = micros(`${whole}.${String(rest).padStart(6, '0')}Z`);
        expect(read).toBe(seconds * 1e6 + rest);
        expect(Number.isSafeInteger(read)).toBe(true);
      }),
    );
  });
});
