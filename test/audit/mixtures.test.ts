import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goJson } from '../../src/audit/go-json.js';
import { event, failure, readAll, streamOf } from '../fixtures/audit/lines.js';

type Event = Record<string, unknown>;
type Form = (events: readonly Event[]) => string;
const compact = (value: unknown): string => JSON.stringify(value);
const listOf = (items: readonly Event[]): Event => ({
  kind: 'EventList',
  apiVersion: 'audit.k8s.io/v1',
  metadata: {},
  items,
});

/** The forms in which events stand one after another. */
const FORMS: Record<string, Form> = {
  'JSON lines': (events) => events.map((one) => `${compact(one)}\n`).join(''),
  'JSON lines with CRLF': (events) => events.map((one) => `${compact(one)}\r\n`).join(''),
  'values on many lines': (events) => events.map((one) => `${JSON.stringify(one, null, 2)}\n`).join(''),
  'values with tabs': (events) => events.map((one) => `${JSON.stringify(one, null, '\t')}\n`).join(''),
  'values on one line': (events) => `${events.map(compact).join('')}\n`,
  'values on one line with spaces': (events) => `${events.map(compact).join(' ')}\n`,
  'lines with commas': (events) => events.map((one) => `${compact(one)},\n`).join(''),
  'an EventList': (events) => `${compact(listOf(events))}\n`,
  'an EventList on many lines': (events) => `${JSON.stringify(listOf(events), null, 2)}\n`,
  'an EventList of an item a line': (events) => `{"items":[\n${events.map(compact).join(',\n')}\n]}\n`,
  'an EventList an item': (events) =>
    events
      .map((one) => compact(listOf([one])))
      .join('\n')
      .concat('\n'),
  'an array': (events) => `${compact(events)}\n`,
  'an array on many lines': (events) => `${JSON.stringify(events, null, 4)}\n`,
  'an array with commas first': (events) => `[${events.map(compact).join('\n,')}]\n`,
  'an array of texts': (events) => `${compact(events.map(compact))}\n`,
};

/** Texts that could be taken for structure. */
const note = fc.constantFrom('', '{"items":[', ']}', '\\"', 'é🙂\u2028', '[{', '\n{', '\\', 'NUL: \u0001');
const events = fc
  .array(note, { minLength: 1, maxLength: 4 })
  .map((notes) => notes.map((text, i) => event({ auditID: `id-${i}`, note: text, items: [1, { a: [] }] })));
const segments = fc.array(fc.tuple(fc.constantFrom(...Object.keys(FORMS)), events, fc.nat(3)), {
  minLength: 1,
  maxLength: 4,
});
const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 4000 }));
const notesOf = async (content: string | Uint8Array, bytes: number): Promise<unknown[]> =>
  (await readAll(streamOf(content, bytes))).map(({ event: read, skipped }) =>
    read ? (read as unknown as Event).note : `skipped: ${skipped}`,
  );

describe('a log of several forms one after another', () => {
  it('gives every event once, in order, wherever its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(segments, size, async (parts, bytes) => {
        const content = parts.map(([form, list]) => FORMS[form]!(list)).join('');
        expect(await notesOf(content, bytes)).toEqual(
          parts.flatMap(([, list]) => list.map((one) => one.note)),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('does so when parts of it are gzip members, padded or followed by plain text', async () => {
    await fc.assert(
      fc.asyncProperty(segments, size, fc.nat(20), async (parts, bytes, padding) => {
        const texts = parts.map(([form, list]) => FORMS[form]!(list));
        const plain = parts.at(-1)![2] === 0 && texts.length > 1 ? texts.pop()! : '';
        const content = Buffer.concat([
          ...texts.map((text, i) => gzipSync(i === texts.length - 1 ? text.trimEnd() : text)),
          Buffer.alloc(padding),
          Buffer.from(plain),
        ]);
        expect(await notesOf(content, bytes)).toEqual(
          parts.flatMap(([, list]) => list.map((one) => one.note)),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('gives events or an error with its place, whatever bytes are left out', async () => {
    const damage = fc.record({
      from: fc.nat(),
      length: fc.integer({ min: 1, max: 60 }),
      packed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(segments, size, damage, async (parts, bytes, { from, length, packed }) => {
        const whole = Buffer.from(parts.map(([form, list]) => FORMS[form]!(list)).join(''));
        const bare = packed ? gzipSync(whole) : whole;
        const at = from % bare.length;
        const content = Buffer.concat([bare.subarray(0, at), bare.subarray(at + length)]);
        const all = parts.flatMap(([, list]) => list.map(({ auditID }) => auditID));
        const problem = await failure(readAll(streamOf(content, bytes)));
        if (packed) expect(problem).not.toBe('nothing');
        if (problem !== 'nothing') expect(problem).toMatch(/^audit: audit\.log(:\d+)?: expected .+, got /s);
        else expect((await readAll(content)).length).toBeLessThanOrEqual(all.length);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['JSON lines', 'values on one line', 'an EventList on many lines', 'an array'])(
    'tells of %s that end in the middle',
    async (form) => {
      const text = FORMS[form]!([event({ auditID: 'a' }), event({ auditID: 'b' })]);
      for (let cut = 1; cut < text.length; cut++) {
        const begin = text.slice(0, cut).trim();
        const problem = await failure(readAll(begin));
        const isWhole = /^(an E|an a)/.test(form) ? begin === text.trim() : begin.endsWith('Z"}');
        if (!isWhole) expect([begin, problem]).not.toEqual([begin, 'nothing']);
        else expect([begin, problem]).toEqual([begin, 'nothing']);
      }
    },
  );
});

describe('the text of an event', () => {
  it('is one line in every form, and the API server’s own where it stood as a value', async () => {
    const one = event({ note: 'a < b & c > d\u2028\n"' });
    const textIn = async (content: string): Promise<string> => (await readAll(content))[0]!.text;
    for (const [form, write] of Object.entries(FORMS)) {
      const text = await textIn(write([one]));
      expect([form, text.includes('\n'), JSON.parse(text)]).toEqual([form, false, one]);
      if (/many lines|tabs/.test(form)) expect([form, text]).toEqual([form, goJson(one)]);
    }
    const wrapped = { kubernetes: { audit: one } };
    for (const indent of [0, 2])
      expect(await textIn(JSON.stringify(wrapped, null, indent))).toBe(goJson(one));
  });
});

describe('a broken line', () => {
  it('that has the structure of JSON and is none is told', async () => {
    for (const text of ['{"a":"\\x"}', '{"a":nul}', '{"a":01}', '["a\tb"]', '{"a":1}{"b":nul}'])
      expect(await failure(readAll(`${text}\n`))).toMatch(/^audit: audit\.log:1: expected /);
  });

  const sound = Array.from({ length: 3 }, (_, i) => JSON.stringify(event({ auditID: `id-${i}` })));
  const read = async (content: string): Promise<unknown[]> =>
    (await readAll(content, { skipInvalid: true })).map(({ at, event: found }) => [at, found?.auditID]);

  it('takes none of those after it along, wherever it breaks off', async () => {
    const line = JSON.stringify(
      event({ objectRef: { resource: 'pods', namespace: 'a' }, sourceIPs: ['1.2.3.4'] }),
    );
    for (let cut = 1; cut < line.length; cut++)
      expect(await read(`${line.slice(0, cut)}\n${sound.join('\n')}\n`)).toEqual([
        [1, undefined],
        [2, 'id-0'],
        [3, 'id-1'],
        [4, 'id-2'],
      ]);
  });

  it('keeps the rest of a list in which it stands', async () => {
    const list = `{"kind":"EventList","items":[\n${sound[0]},\n{"kind":"Ev,\n${sound[1]},\n${sound[2]}\n]}\n`;
    expect(await read(list)).toEqual([
      [2, 'id-0'],
      [3, undefined],
      [4, 'id-1'],
      [5, 'id-2'],
    ]);
  });

  it('is told with what is left of a line of several values', async () => {
    expect(await failure(readAll(`${sound[0]}\n${sound[1]}garbage\n`))).toMatch(
      /^audit: audit\.log:2: expected a JSON object, got .*garbage/,
    );
    expect(await read(`${sound[0]}${sound[1]}{"kind":\n${sound[2]}\n`)).toEqual([
      [1, 'id-0'],
      [1, 'id-1'],
      [1, undefined],
      [2, 'id-2'],
    ]);
  });
});

it('opens a list on one line that is longer than a line may be', async () => {
  const items = Array.from({ length: 3000 }, (_, i) => event({ auditID: `id-${i}`, note: 'n'.repeat(400) }));
  for (const content of [
    JSON.stringify(items),
    JSON.stringify(listOf(items)),
    JSON.stringify({ records: items }),
  ])
    expect(
      (await readAll(streamOf(content, 1 << 16), { maxLineBytes: 1 << 20 })).map(
        ({ event: e }) => e?.auditID,
      ),
    ).toEqual(items.map(({ auditID }) => auditID));
});
