import type { Interval } from '../runs/record.js';

/** A plain text table, columns padded to their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) =>
    rows.reduce((width, row) => Math.max(width, row[i]?.length ?? 0), cell.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

/** @example formatInterval(scores.exactMatch) // '.953 [.941, .962]' */
export function formatInterval({ value, low, high }: Interval): string {
  const short = (x: number) => (Number.isFinite(x) ? x.toFixed(3).replace(/^0\./, '.') : '–');
  return `${short(value)} [${short(low)}, ${short(high)}]`;
}
