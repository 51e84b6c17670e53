import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Rooms whose functions take values and give values, without files or a native library. */
const PURE = ['metrics', 'windows', 'comparison', 'page', 'reports', 'model', 'audit'];
const FORM =
  /@example (?!const |await )([a-z]\w*\(.*\)(?:\.\w+)*) \/\/ (-?\d[\d_.]*|'[^']*'|\[[^\]]*\]|true|false|null)(?= ?\*\/|$)/;

/** Examples of one line whose result is a number, a text or a list: expression, result as written, file. */
const examples = PURE.flatMap((room) =>
  (readdirSync(join('src', room), { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(join('src', room, file), 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [, expression, result] = FORM.exec(line.trimEnd()) ?? [];
          return expression && result ? [{ file: join('src', room, file), expression, result }] : [];
        }),
    ),
);

/** What an example may name beside what its module exports. */
const GLOBALS = new Set(['Int32Array', 'Float64Array', 'Math', 'null', 'true', 'false', 'undefined']);

/** Whether an example stands by itself; others show a call in a place of its own. */
function isWhole(
  { expression, result }: { expression: string; result: string },
  names: Set<string>,
): boolean {
  const code = expression.replace(/'[^']*'/g, "''");
  const named = code.match(/(?<![.\w])[A-Za-z_]\w*(?!\w|\s*:)/g) ?? [];
  return (
    !`${code} ${result.replace(/'[^']*'/g, '')}`.includes('…') &&
    named.every((n) => GLOBALS.has(n) || names.has(n))
  );
}

const whole: ((typeof examples)[number] & { value: unknown })[] = [];
for (const example of examples) {
  const module = (await import(pathToFileURL(resolve(example.file)).href)) as Record<string, unknown>;
  const names = Object.keys(module);
  if (!isWhole(example, new Set(names))) continue;
  const value: unknown = new Function(...names, `return ${example.expression}`)(
    ...names.map((name) => module[name]),
  );
  whole.push({ ...example, value });
}

/** Values as written: numbers in as many digits as the docstring gives. */
function likeWritten(value: unknown, result: string): unknown {
  const digits = Math.max(0, ...[...result.matchAll(/\.(\d+)/g)].map(([, decimals]) => decimals!.length));
  const round = (x: unknown): unknown => (typeof x === 'number' ? Number(x.toFixed(digits)) : x);
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value as unknown[], round);
  return round(value);
}

describe('examples in docstrings', () => {
  it('are many', () => {
    expect(whole.length).toBeGreaterThan(20);
  });

  it.each(whole)('$file: $expression', ({ value, result }) => {
    expect(likeWritten(value, result)).toEqual(new Function(`return ${result}`)());
  });
});
