import { AuditweaveError, printable } from '../../errors.js';

/** Characters of the expression that are shown at most. */
const WIDEST = 100;

/** A fault of an expression, with its place: `from` to `to`, counted in UTF-16 units from 0. */
export class QueryError extends AuditweaveError {
  override readonly name: string = 'QueryError';
  readonly from: number;
  readonly to: number;
  /** What is wrong, without the place. */
  readonly says: string;

  /**
   * @param says What is wrong: `expected …, got …`.
   * @example throw new QueryError('verb = 1', 5, 6, 'expected a comparison, got “=”', 'Write == to compare.');
   */
  constructor(source: string, from: number, to: number, says: string, hint?: string) {
    const { line, column, shown, at, length } = locate(source, from, to);
    super(
      `query: ${line}:${column}: ${says}.\n  ${shown}\n  ${' '.repeat(at)}${'^'.repeat(length)}`,
      hint === undefined ? {} : { hint },
    );
    this.from = from;
    this.to = to;
    this.says = says;
  }
}

interface Located {
  line: number;
  column: number;
  /** The line of the expression, or the part of it that is around the place. */
  shown: string;
  at: number;
  length: number;
}

function locate(source: string, from: number, to: number): Located {
  const start = source.lastIndexOf('\n', from - 1) + 1;
  const next = source.indexOf('\n', from);
  const text = source.slice(start, next < 0 ? undefined : next);
  const line = source.slice(0, start).split('\n').length;
  const column = [...source.slice(start, from)].length + 1;
  const cut = Math.max(0, from - start - WIDEST / 2);
  const shownOf = (part: string): string => printable(part.replaceAll('\t', ' '), part.length);
  const before = `${cut > 0 ? '…' : ''}${shownOf(text.slice(cut, from - start))}`;
  const marked = shownOf(text.slice(from - start, Math.min(to - start, from - start + WIDEST / 2)));
  const after = text.slice(Math.min(to - start, from - start + WIDEST / 2));
  const rest = shownOf(after.slice(0, WIDEST / 2));
  return {
    line,
    column,
    shown: `${before}${marked}${rest}${after.length > WIDEST / 2 ? '…' : ''}`,
    at: [...before].length,
    length: Math.max(1, [...marked].length),
  };
}
