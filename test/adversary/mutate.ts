import type { RandomStream } from '../../src/random.js';

/** What a mutation makes of a line's bytes. */
type Mutation = (line: Buffer, random: RandomStream) => Buffer;

const pick = <T>(values: readonly T[], random: RandomStream): T => values[random.integer(values.length)]!;

/** Values that a field does not have. */
const STRANGE: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, 2 ** 53, '', ' ', '\u0000', '\u202e', '\u001b[2J', 'x'.repeat(5000)],
  ...[[], {}, [[]], { a: { b: [1] } }, '__proto__', 'constructor', '2026-13-45T99:99:99Z', 'NaN'],
];

/** Objects of a value, at any depth, with their keys. */
function fieldsOf(value: unknown, found: [Record<string, unknown>, string][] = []): typeof found {
  if (typeof value === 'object' && value !== null)
    for (const key of Object.keys(value)) {
      found.push([value as Record<string, unknown>, key]);
      fieldsOf((value as Record<string, unknown>)[key], found);
    }
  return found;
}

const onField =
  (change: (owner: Record<string, unknown>, key: string, random: RandomStream) => void): Mutation =>
  (line, random) => {
    const event: unknown = JSON.parse(line.toString());
    const [owner, key] = pick(fieldsOf(event), random);
    change(owner, key, random);
    return Buffer.from(JSON.stringify(event));
  };

/** What tools put around a line; some say that its rest follows, which it does not. */
const WRAPPINGS: readonly ((text: string, random: RandomStream) => string)[] = [
  (text) => JSON.stringify({ log: text, stream: 'stdout', time: '2026-01-01T00:00:00Z' }),
  (text, random) =>
    JSON.stringify({ log: text, stream: `s${random.integer(3)}`, logtag: pick(['P', 'F'], random) }),
  (text, random) => `2026-01-01T00:00:00Z stdout ${pick(['P', 'F'], random)} ${text}`,
  (text) => `{"kind":"EventList","items":[${text}]}`,
  (text) => `{"streams":[{"stream":{},"values":[["1",${JSON.stringify(text)}],[]]}]}`,
  (text) => JSON.stringify({ message: text, '@timestamp': 't' }),
  (text) =>
    `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":${JSON.stringify(text)}}}]}]}]}`,
  (text) => `{"records":[{"properties":{"log":${JSON.stringify(text)}}}]}`,
  (text) => JSON.stringify({ constructor: text, event: { original: text } }),
];

/** Each takes a sound line and gives one that is not, or that only looks so. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a field of another type': onField((owner, key, random) => {
    owner[key] = pick(STRANGE, random);
  }),
  'a field left out': onField((owner, key) => {
    delete owner[key];
  }),
  'a field of another name': onField((owner, key, random) => {
    owner[pick(['__proto__', 'toString', 'label', `${key}s`, ''], random)] = owner[key];
    delete owner[key];
  }),
  'nested deep': (line, random) => {
    const depth = 1 + random.integer(20_000);
    const [open, close] = pick([['[', ']'] as const, ['{"a":', '}'] as const], random);
    const nest = `${open.repeat(depth)}1${close.repeat(depth)}`;
    return Buffer.from(line.toString().replace(/\{/, `{"deep":${nest},`));
  },
  'a bit turned over': (line, random) => {
    const copy = Buffer.from(line);
    copy[random.integer(copy.length)]! ^= 1 << random.integer(8);
    return copy;
  },
  'bytes at random': (line, random) => {
    const copy = Buffer.from(line);
    for (let i = 0; i < 8; i++) copy[random.integer(copy.length)] = random.integer(256);
    return copy;
  },
  'cut short': (line, random) => line.subarray(0, random.integer(line.length)),
  'its end only': (line, random) => line.subarray(random.integer(line.length)),
  'wrapped, or part of something wrapped': (line, random) => {
    let text = line.toString();
    for (let i = 1 + random.integer(6); i > 0; i--) text = pick(WRAPPINGS, random)(text, random);
    return Buffer.from(random.integer(4) === 0 ? text.slice(0, random.integer(text.length)) : text);
  },
  'twice on a line': (line) => Buffer.concat([line, line]),
  'another kind of JSON': (_, random) =>
    Buffer.from(pick(['null', '[]', '{}', '"text"', '7', '[null]', '{"kind":"EventList"}', '[[[['], random)),
  'something else': (_, random) =>
    Buffer.from(
      pick(['', ' ', '\t', '# comment', '<html>', 'I0101 00:00:00 klog', '\ufeff', '\r', '---'], random),
    ),
};

/** Mutates a line by one of the mutations, drawn by `random`. */
export function mutate(line: Buffer, random: RandomStream): { name: string; bytes: Buffer } {
  const name = pick(Object.keys(MUTATIONS), random);
  // A line end inside would be another line.
  const bytes = Buffer.from(MUTATIONS[name]!(line, random).filter((byte) => byte !== 10));
  return { name, bytes };
}
