import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { LogLine } from '../../audit/read.js';
import { writeFileAtomic } from '../../files/atomic.js';
import { html } from '../../page/html.js';
import { pageHead } from '../../page/page.js';
import { byTime, type Context } from '../context.js';
import { redactEvent } from '../redact.js';
import { bundleScript } from './bundle.js';
import { PageBuilder, type PageData } from './data.js';
import { CONTEXTS_STYLE } from './style.js';

export interface ContextsPage extends Pick<PageData, 'title' | 'note' | 'counts'> {
  contexts: readonly Context[];
  /** The lines of the log, read once more. */
  lines: AsyncIterable<LogLine>;
  /** Characters that the JSON of lines may take in the page, packed. Default 32 MiB. */
  budget?: number;
}

const BUDGET = 32 << 20;
/** Characters of JSON that are packed together. */
const PIECE = 1 << 18;

/**
 * Writes contexts as one page that needs nothing else: list, time line, facets, search, trees of causes and the JSON of their lines,
 * without secrets. Its content security policy forbids every request.
 *
 * The JSON of lines is packed, and opened in the browser when it is looked at; that of background is left out, and so is what goes
 * beyond the budget. Bounded by the contexts and the budget, not by the log.
 */
export async function writeContextsPage(path: string, page: ContextsPage): Promise<void> {
  const contexts = [...page.contexts].sort(byTime);
  const builder = new PageBuilder(contexts);
  const background = new Set(contexts.filter((one) => one.background).flatMap(({ lines }) => lines));
  const pieces = new Pieces(page.budget ?? BUDGET);
  for await (const { line, event } of page.lines) {
    if (!event || !builder.has(line)) continue;
    const chunk = background.has(line) ? -1 : pieces.add(line, JSON.stringify(redactEvent(event)));
    builder.add(line, event, chunk);
  }
  const { title, note, counts } = page;
  const script = await bundleScript();
  await writeFileAtomic(path, document(builder.data({ title, note, counts }), script, pieces.end()));
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

  /** Takes a line, and gives the number of its piece, or −1 when the page is full. */
  add(line: number, json: string): number {
    if (this.#used >= this.#budget) return -1;
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
    const packed = gzipSync(`{${this.#open.join(',')}}`, { level: 6 }).toString('base64');
    this.#packed.push(packed);
    this.#used += packed.length;
    this.#open = [];
    this.#size = 0;
  }
}

function* document(data: PageData, script: string, pieces: readonly string[]): Generator<string> {
  const policy = [
    "default-src 'none'",
    `style-src '${digest(CONTEXTS_STYLE)}'`,
    `script-src '${digest(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const { lines, counted } = data.counts;
  const head = (name: string, text: string) =>
    html`<div role="columnheader" class="${name === 'text' ? 'action' : name}" aria-sort="none"><button type="button" data-sort="${name}">${text}</button></div>`;
  const title = `${data.title}: contexts`;
  yield html`${pageHead({ title, policy, style: CONTEXTS_STYLE })}<body>
<a class="skip" href="#list">Skip to the list</a>
<header class="top"><h1>${data.title}</h1>
<p>${counted.toLocaleString('en')} requests of ${lines.toLocaleString('en')} lines as contexts, ${data.note}. Secrets and tokens are left out.</p></header>
<div class="tools-bar" role="search">
<div class="search">
<input type="search" id="query" aria-label="Search: words, or an expression" aria-describedby="fault" placeholder="words, or an expression" autocomplete="off" spellcheck="false" title="Press / to come here">
<span id="count" role="status" aria-live="polite"></span>
<button type="button" id="reset" hidden>Show all</button>
<button type="button" id="copy">Copy as query</button>
<label><input type="checkbox" id="background"> background</label>
<label>Times in <select id="zone"><option value="UTC">UTC</option><option value="local">local time</option></select></label>
</div>
<p id="fault" class="fault" role="alert"></p>
<canvas id="timeline" tabindex="0" role="slider" aria-label="Part of the time: drag, or arrow keys to move it, with Shift to widen it, Escape for all" aria-valuemin="0" aria-valuemax="1" aria-valuenow="0"></canvas>
</div>
<details id="facet-box" open><summary>Filters</summary><div id="facets"></div></details>
<main class="list" aria-label="Contexts">
<div id="list" role="grid" aria-label="Contexts: arrow keys move, Enter opens" aria-colcount="6" tabindex="0">
<div class="head" role="row" aria-rowindex="1">${head('time', 'time')}${head('actor', 'who')}${head('text', 'action')}${head('lines', 'lines')}${head('outcome', 'outcome')}${head('took', 'took')}</div>
<div id="rows" role="rowgroup"></div></div>
<p id="empty" hidden>Nothing is like that.</p>
</main>
<section id="detail" aria-labelledby="detail-title" hidden></section>
<p id="said" class="said" role="status" aria-live="polite"></p>
`.text;
  yield '<script type="application/json" id="data">';
  yield JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  yield '</script>\n<script>';
  yield script;
  yield '</script>\n';
  for (const [i, piece] of pieces.entries())
    yield `<script type="text/plain" id="piece-${i}">${piece}</script>\n`;
  yield '</body>\n</html>\n';
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
