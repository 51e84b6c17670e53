import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { LogLine } from '../../audit/read.js';
import { printable } from '../../errors.js';
import { writeFileAtomic } from '../../files/atomic.js';
import { pageHead } from '../../page/page.js';
import { byTime, type Context } from '../context.js';
import { REDACTED, redactEvent } from '../redact.js';
import { bundleScript } from './bundle.js';
import { type Column, packColumns } from './columns.js';
import { PageBuilder, type PageData } from './data.js';
import { type About, shell } from './shell.js';
import { CONTEXTS_STYLE } from './style.js';

export interface ContextsPage extends Omit<About, 'contexts'> {
  contexts: readonly Context[];
  /** The lines of the log, read once more. */
  lines: AsyncIterable<LogLine>;
  /** Characters that the JSON of lines may take in the page, packed. Default 32 MiB. */
  budget?: number;
}

/** Characters of a title. */
const TITLE = 200;
const BUDGET = 32 << 20;
/** Characters of JSON that are packed together. */
const PIECE = 1 << 18;

/**
 * Writes contexts as one page that needs nothing else: list, time line, facets, search, trees of causes and the JSON of their lines,
 * without secrets. Its content security policy forbids every request.
 *
 * All of it is packed. What the list shows comes first and is opened at once; what is asked for later lies behind the script, and the JSON
 * of lines is opened when it is looked at. That of background is left out, and so is what goes beyond the budget. Bounded by the contexts
 * and the budget, not by the log.
 *
 * @returns How many of the lines whose JSON is there have `REDACTED` for a secret.
 */
export async function writeContextsPage(path: string, page: ContextsPage): Promise<{ redacted: number }> {
  const contexts = [...page.contexts].sort(byTime);
  const builder = new PageBuilder(contexts);
  const background = new Set(contexts.filter((one) => one.background).flatMap(({ lines }) => lines));
  const pieces = new Pieces(page.budget ?? BUDGET);
  let redacted = 0;
  for await (const { line, event } of page.lines) {
    if (!event || !builder.has(line)) continue;
    let chunk = -1;
    if (!background.has(line) && !pieces.full) {
      const json = JSON.stringify(redactEvent(event));
      if (json.includes(REDACTED) && json !== JSON.stringify(event)) redacted++;
      chunk = pieces.add(line, json);
    }
    builder.add(line, event, chunk);
  }
  const { note, counts, only } = page;
  // A file may be named so that its name turns the text around it.
  const title = printable(page.title, TITLE);
  const about = { title, note, counts, only, contexts: contexts.filter((one) => !one.background).length };
  const script = await bundleScript();
  await writeFileAtomic(path, document(about, builder.data(), script, pieces.end()));
  return { redacted };
}

/** JSON of lines, packed by some hundred kilobytes. */
class Pieces {
  readonly #budget: number;
  readonly #packed: string[] = [];
  #open: string[] = [];
  #size = 0;
  #used = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Whether nothing more goes in. */
  get full(): boolean {
    return this.#used >= this.#budget;
  }

  /** Takes a line, and gives the number of its piece. */
  add(line: number, json: string): number {
    this.#open.push(`"${line}":${json}`);
    this.#size += json.length;
    const piece = this.#packed.length;
    if (this.#size >= PIECE) this.#pack();
    return piece;
  }

  end(): readonly string[] {
    if (this.#open.length > 0) this.#pack();
    return this.#packed;
  }

  #pack(): void {
    const packed = packed64(Buffer.from(`{${this.#open.join(',')}}`));
    this.#packed.push(packed);
    this.#used += packed.length;
    this.#open = [];
    this.#size = 0;
  }
}

function* document(
  about: About,
  data: PageData,
  script: string,
  pieces: readonly string[],
): Generator<string> {
  const policy = [
    "default-src 'none'",
    `style-src '${digest(CONTEXTS_STYLE)}'`,
    `script-src '${digest(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const title = `${about.title}: contexts`;
  yield pageHead({ title, policy, style: CONTEXTS_STYLE }).text;
  yield shell(about).text;
  yield held('contexts', packed(data.contexts));
  yield `<script>${script}</script>\n`;
  yield held('details', packed(data.details));
  for (const [i, block] of data.blocks.entries()) yield held(`block-${i}`, packed(block));
  for (const [i, piece] of pieces.entries()) yield held(`piece-${i}`, piece);
  yield '</body>\n</html>\n';
}

/** Base64 of packed data, which no browser takes for anything else. */
const held = (id: string, base64: string): string =>
  `<script type="text/plain" id="${id}">${base64}</script>\n`;

const packed = (columns: Record<string, Column>): string => packed64(packColumns(columns));
const packed64 = (bytes: Uint8Array): string => gzipSync(bytes, { level: 6 }).toString('base64');

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
