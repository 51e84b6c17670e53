import { describe, expect, it } from 'vitest';
import { REPEATS } from '../../../src/contexts/store/repeats.js';
import { Cutter, type Known } from '../../../src/contexts/store/shape.js';
import { Streams } from '../../../src/contexts/store/streams.js';
import { Joiner } from '../../../src/contexts/store/unshape.js';
import { Values } from '../../../src/contexts/store/values.js';
import { randomStream } from '../../../src/random.js';

interface Cut {
  text: string;
  resource?: string;
  /** What stands elsewhere, by its mark. */
  known?: Record<string, string>;
  /** Its mark, of what is asked for by its path. */
  at?: Record<string, string>;
}

const knows = ({ known = {}, at = {} }: Cut): Known => ({
  textOf: (mark) => known[mark] ?? null,
  markOf: (path, text, from, to) => {
    const mark = at[path];
    return mark !== undefined && known[mark] === text.slice(from, to) ? mark : null;
  },
});

/** Cuts lines and joins them again; what came back, and the shapes that it took. */
function through(lines: readonly Cut[]): { back: string[]; shapes: string[] } {
  const streams = new Streams();
  const cutter = new Cutter(streams, new Set(['user']));
  const like = (line: Cut): string[] => [`${line.resource ?? ''} ${line.text.length % 3}`];
  const numbers = lines.map((line) => cutter.cut(line.text, knows(line), line.resource ?? '', like(line)));
  const { shapes } = streams;
  const values = new Values(() => expect.fail('values are missing'));
  values.add(' shapes', shapes.join('\n'));
  values.add(REPEATS, '');
  for (const { path, data } of streams.take(streams.paths)) values.add(path, data);
  const joiner = new Joiner(values);
  const back = lines.map((line, i) => {
    const resource = line.resource ?? '';
    values.begin(resource, like(line));
    const text = joiner.line(values.shape(Number(numbers[i])), resource, (mark) => line.known![mark]!);
    values.end();
    return text;
  });
  return { back, shapes };
}
const texts = (...all: unknown[]): Cut[] =>
  all.map((one) => ({ text: typeof one === 'string' ? one : JSON.stringify(one) }));
const same = (lines: readonly Cut[]): void =>
  expect(through(lines).back).toEqual(lines.map(({ text }) => text));

describe('lines cut into shapes and values', () => {
  it('share a shape where only values differ', () => {
    const lines = texts({ a: 'x', n: 1, t: true, o: {} }, { a: 'y"\\', n: -2.5e3, t: true, o: {} });
    const { back, shapes } = through(lines);
    expect(back).toEqual(lines.map(({ text }) => text));
    expect(shapes).toEqual(['{"a":\u0001,"n":\u0002,"t":true,"o":{}}']);
  });

  it('part where keys, types and words differ, and where one text is the beginning of another', () => {
    same(
      texts(
        { a: 'x', b: 1 },
        { a: 1, b: 'x' },
        { a: 'x', b: true, c: 1 },
        { a: 'x', b: true, c: { d: 1 } },
        { a: 'x', b: null, c: 1 },
        { a: 'x', bc: 1 },
        { a: { b: { c: 1 } }, d: 1 },
        { a: { b: { c: 1 }, d: 1 } },
        { a: {}, d: 1 },
        { a: 'x' },
        { a: 12 },
        { a: 1 },
        { a: 123 },
        {},
        [],
        'true',
        '17',
        '"text"',
      ),
    );
  });

  it('come back with lists in lists, empty names, and names that are marks', () => {
    same(
      texts(
        { '': { '': 1 }, l: [[1, [2, 'x']], [], [{ a: [] }], null, true] },
        { '': { '': 2 }, l: [[3]], '\u0001': 'x', n: '\u0002\n' },
        { l: [{ a: 1 }, { a: 2, b: [{ a: 1 }] }, 'x', { a: 3 }] },
        { l: [{ a: 1 }] },
      ),
    );
  });

  it('come back when they are not compact, or too deep', () => {
    const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`;
    const list = `${'['.repeat(200)}1${']'.repeat(200)}`;
    const mixed = `${'[{"a":'.repeat(100)}1${'}]'.repeat(100)}`;
    same(texts('{"a": 1}', '{"a":1}', '{"a":1 }', '{"a":1,\n"b":2}', deep, list, mixed, '{"a":1}'));
  });

  it('leave out what the caller knows, where it stands and only there', () => {
    const at = { name: '\u0003', code: '\u0004', user: '\u0005' };
    const line = (name: string, code: string, user: string, known: Record<string, string>): Cut => ({
      text: `{"user":${user},"name":${name},"code":${code}}`,
      ...{ known, at },
    });
    const ann = '{"username":"ann"}';
    const lines = [
      line('"a"', '200', ann, { '\u0003': '"a"', '\u0004': '200', '\u0005': ann }),
      line('"b"', '201', '"bob"', { '\u0003': '"b"', '\u0004': '201', '\u0005': '"bob"' }),
      line('"a"', '2001', ann, { '\u0003': '"other"', '\u0004': '200', '\u0005': ann }),
      line('"ab"', '20', '{"username":"ann","uid":"1"}', { '\u0003': '"a"', '\u0004': '200', '\u0005': ann }),
      line('"ab"', '20', '"x"', { '\u0003': '"ab"', '\u0004': '20', '\u0005': ann }),
    ];
    const { back, shapes } = through(lines);
    expect(back).toEqual(lines.map(({ text }) => text));
    expect(shapes[0]).toBe('{"user":\u0005,"name":\u0003,"code":\u0004}');
    expect(shapes).toHaveLength(4);
  });

  it('come back whatever they are', () => {
    const { integer: draw } = randomStream(7, 'shapes');
    const value = (depth: number): unknown => {
      const kind = draw(depth > 3 ? 5 : 8);
      if (kind === 0) return ['', 'a', '"', '\\', '\u0000', 'ü', '\ud83d\ude00', '{"a":1}', 'x\ny'][draw(9)];
      if (kind === 1) return [0, 1, -1, 12, 1.5, 1e21, 1e-7][draw(7)];
      if (kind < 4) return [true, false, null][draw(3)];
      if (kind === 4) return `v${draw(5)}`;
      if (kind === 5) return Array.from({ length: draw(5) }, () => value(depth + 1));
      return Object.fromEntries(
        Array.from({ length: draw(5) }, () => [
          ['a', 'b', 'ab', '', 'user', 'labels', `k${draw(200)}`][draw(7)],
          value(depth + 1),
        ]),
      );
    };
    const lines = Array.from({ length: 4000 }, () => ({
      text: JSON.stringify({ a: value(0), b: value(1) }),
      resource: `(${draw(3)})`,
    }));
    same(lines);
  });

  it('come back when names of keys are those of streams, or make paths that are long or many', () => {
    const [long, wide] = [
      'k'.repeat(3000),
      Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [i, i])),
    ];
    const lines = texts(
      ...[' lines #', ' shapes', ' lines +', ' lines in', ' lines =', ''].map((key) => ({
        a: 1,
        [key]: 'v',
      })),
      ...[{ a: { [long]: { [long]: 1, b: 2 } } }, { a: { b: wide } }, { a: 1, b: { ' shapes': 2 } }],
    );
    same(lines);
    const streams = new Streams();
    const cutter = new Cutter(streams, new Set());
    for (const line of lines) cutter.cut(line.text, knows(line), '', ['']);
    expect(streams.paths.filter((path) => path.length > 4096)).toEqual([]);
    expect(streams.paths.length).toBeLessThan(40_000);
  });

  it('ask as little of the caller however often a part that it knows cannot be left out', () => {
    const cutter = new Cutter(new Streams(), new Set());
    let asked = 0;
    const line: Cut = { text: '{"code":200 }', known: { '\u0004': '200' }, at: { code: '\u0004' } };
    const known = knows(line);
    const counting: Known = {
      ...known,
      textOf: (mark) => {
        asked++;
        return known.textOf(mark);
      },
    };
    const took = Array.from({ length: 50 }, () => {
      asked = 0;
      cutter.cut(line.text, counting, '', ['']);
      return asked;
    });
    expect(took[49]).toBe(took[1]);
  });
});

describe('a block of lines', () => {
  it('is full when its shapes are long, or its streams many', () => {
    const [long, many] = [new Streams(), new Streams()];
    long.shape('x'.repeat(9 << 20));
    for (let i = 0; i < 30_000; i++) many.of(`path ${i}`);
    expect([long.full, many.full]).toEqual([false, false]);
    long.shape('y'.repeat(9 << 20));
    for (let i = 30_000; i < 70_000; i++) many.of(`path ${i}`);
    expect([long.full, many.full]).toEqual([true, true]);
  });
});
