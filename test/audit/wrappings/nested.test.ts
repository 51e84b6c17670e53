import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { event, readAll, streamOf } from '../../fixtures/audit/lines.js';

const text = (value: unknown): string => JSON.stringify(value);
/** What tools make of a line. */
const WRAPPINGS: Record<string, (line: string) => string> = {
  'Fluent Bit': (log) => text({ log }),
  Vector: (message) => text({ file: '/x', message, tags: [] }),
  'a field that nobody else uses': (bar) => text({ foo: { bar }, n: 1 }),
  'a list of lines': (line) => text({ message: [line] }),
  'JSON text in JSON text': (log) => text({ log: text(log) }),
  AKS: (log) => text({ records: [{ category: 'kube-audit', properties: { log: `${log}\n` } }] }),
  CloudWatch: (message) => text({ messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', message }] }),
  'base64 in gzip': (log) => text({ data: gzipSync(text({ log })).toString('base64') }),
  base64: (log) => text({ data: Buffer.from(text({ log })).toString('base64') }),
  journald: (MESSAGE) => text({ MESSAGE, __CURSOR: 'x' }),
  Elasticsearch: (message) => text({ hits: { hits: [{ _source: { message } }] } }),
  Loki: (line) => text({ streams: [{ stream: {}, values: [['1', line]] }] }),
  OpenTelemetry: (stringValue) =>
    text({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue } }] }] }] }),
  containerd: (line) => `2026-01-01T00:00:00.1Z stdout F ${line}`,
  'a node’s name': (line) => `node-1 ${line}`,
  logcli: (line) => `2026-01-01T00:00:00Z {app="a"} ${line}`,
  syslog: (line) => `<1>1 2026 h a 1 ID [x@1 a="b"] ${line}`,
  'aws logs as text': (line) => `EVENTS\t1\t${line}\tstream\t1`,
};
/** How such lines stand in a file, the last ones cut into two parts at some place. */
const FORMS: Record<string, (line: string, cut: number) => string> = {
  'as it is': (line) => `${line}\n`,
  'parts of containerd': (line, cut) =>
    `2026-01-01T00:00:00.1Z stdout P ${line.slice(0, cut)}\n2026-01-01T00:00:00.1Z stdout F ${line.slice(cut)}\n`,
  'parts of Docker': (line, cut) =>
    line.startsWith('{')
      ? [line.slice(0, cut), `${line.slice(cut)}\n`]
          .map((log) => `${text({ log, stream: 'stdout', time: 't' })}\n`)
          .join('')
      : `${line}\n`,
};
/** Texts that could be taken for structure, or for what stands before an event. */
const NOTES = [
  '',
  '{"items":[',
  ']}',
  '\\"',
  '{"kind":"Event","auditID":"other"}',
  '\n{',
  'I0101 a: {',
  'é🙂\u2028',
];

it('gives every event once, in order, however wrappings lie in each other and lines are cut', async () => {
  const line = fc.record({
    note: fc.constantFrom(...NOTES),
    wrappings: fc.array(fc.constantFrom(...Object.keys(WRAPPINGS)), { maxLength: 3 }),
    form: fc.constantFrom(...Object.keys(FORMS)),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 500 }),
      async (lines, size) => {
        const events = lines.map(({ note }, i) =>
          event({ auditID: `id-${i}`, requestObject: { log: note, message: text({ note }) } }),
        );
        const content = lines.map(({ wrappings, form, cut }, i) => {
          const whole = wrappings.reduce((one, name) => WRAPPINGS[name]!(one), text(events[i]));
          return FORMS[form]!(whole, 1 + Math.floor(cut * (whole.length - 2)));
        });
        const read = await readAll(streamOf(content.join(''), size));
        expect(read.map((one) => one.skipped ?? one.event)).toEqual(events);
      },
    ),
    { numRuns: 300 },
  );
});
