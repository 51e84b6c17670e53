/**
 * Wraps the prose of Markdown files at the formatter's width; code, tables, headings and comments stay as they are.
 *
 *     npx tsx scripts/wrap-markdown.ts README.md experiments/LOG.md
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '../src/files/atomic.js';

/** Columns of a line, as in biome.json. */
export const WIDTH = 110;

/** Lines of a text that are prose and wider than `WIDTH`, the addresses of links apart. */
export function longLines(text: string): string[] {
  return blocksOf(text)
    .filter(({ prose }) => prose)
    .flatMap(({ lines }) => lines.filter((line) => widthOf(line) > WIDTH && /\S\s+\S/.test(line.trim())));
}

/**
 * The text with every paragraph and list item that has a long line filled anew; others keep their lines.
 *
 * @example wrapMarkdown('word '.repeat(40))
 */
export function wrapMarkdown(text: string): string {
  return blocksOf(text)
    .flatMap(({ prose, lines }) =>
      prose && lines.some((line) => widthOf(line) > WIDTH) ? fill(lines) : lines,
    )
    .join('\n');
}

/** What a reader sees of a line: links without their addresses. */
const widthOf = (line: string): number => line.replace(/\]\([^)]*\)/g, ']').length;

/** A list item's mark, or none. */
const MARK = /^(\s*(?:[-*+]|\d+[.)])\s+)/;

function blocksOf(text: string): { prose: boolean; lines: string[] }[] {
  const blocks: { prose: boolean; lines: string[] }[] = [];
  let fenced = false;
  let open = false;
  for (const line of text.split('\n')) {
    const fence = /^\s*(```|~~~)/.test(line);
    if (fence) fenced = !fenced;
    const code: boolean = fenced || fence || (!open && /^ {4}/.test(line));
    const prose: boolean =
      !code && line.trim() !== '' && !/^\s*(\||#|<|!\[|>|\[[^\]]+\]:|---|===)/.test(line);
    if (prose && open && !MARK.test(line)) blocks.at(-1)!.lines.push(line);
    else blocks.push({ prose, lines: [line] });
    open = prose;
  }
  return blocks;
}

function fill(lines: readonly string[]): string[] {
  const mark = MARK.exec(lines[0]!)?.[1] ?? /^\s*/.exec(lines[0]!)![0];
  const rest = ' '.repeat(mark.length);
  const words = lines.join(' ').slice(mark.length).trim().split(/\s+/);
  const out = [mark];
  let empty = true;
  for (const word of words) {
    const longer = `${out.at(-1)}${empty ? '' : ' '}${word}`;
    // A word that would begin a list, a heading or a quotation stays on the line before.
    const begins = /^([-*+#>|]|1[.)])$/.test(word);
    if (empty || begins || widthOf(longer) <= WIDTH) out[out.length - 1] = longer;
    else out.push(`${rest}${word}`);
    empty = false;
  }
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const file of process.argv.slice(2))
    await writeFileAtomic(file, wrapMarkdown(await readFile(file, 'utf8')));
