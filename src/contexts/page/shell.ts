import { type Html, html } from '../../page/html.js';

export interface About {
  /** Name of the log. */
  title: string;
  /** Who found the contexts, in a sentence. */
  note: string;
  /** Lines of the log, and those that count. */
  counts: { lines: number; counted: number };
  /** Contexts but for background. */
  contexts: number;
  /** What alone is on the page, in words and as an expression of the query language. Default: all. */
  only?: { says: string; query: string } | undefined;
}

const COLUMNS = [
  ['time', 'time'],
  ['actor', 'who'],
  ['text', 'action'],
  ['lines', 'lines'],
  ['outcome', 'outcome'],
  ['took', 'took'],
] as const;

const KEYS = [
  ['/', 'to the search'],
  ['↑ ↓, j k', 'from context to context'],
  ['Enter', 'open a context, or a line of it'],
  ['Esc', 'close it; take a choice back'],
  ['[ ]', 'the context before, the one after'],
  ['← →', 'on the time line: move the part; with Shift make it longer or shorter'],
  ['b', 'background, too'],
  ['?', 'these keys'],
] as const;

const EXAMPLES = [
  ['verb == "delete" and lines > 10', 'deletions that caused much'],
  ['caused(resource == "pods" and verb == "create")', 'what made pods, whatever it was itself'],
  ['any(outcome == "failed") and outcome == "done"', 'what went well, and caused something that failed'],
  ['subresource in {"exec", "attach", "portforward"}', 'who went into a pod'],
  ['outcome == "refused"', 'what was not allowed'],
  ['exists(incident)', 'what went wrong without anybody’s asking'],
] as const;

/** What the page shows before its data is opened. */
export function shell({ title, note, counts, contexts, only }: About): Html {
  const head = COLUMNS.map(
    ([name, text]) =>
      html`<div role="columnheader" class="${name === 'text' ? 'action' : name}" aria-sort="none"><button type="button" data-sort="${name}">${text}</button></div>`,
  );
  const number = (value: number): string => value.toLocaleString('en');
  return html`<body>
<a class="skip" href="#list">Skip to the list</a>
<header class="top"><h1>${title}</h1>
<p title="${note}"><b>${number(contexts)}</b> actions out of ${number(counts.lines)} lines${only ? html`, only those of <b id="only" data-query="${only.query}">${only.says}</b>` : ''}. Secrets and tokens are left out.</p>
<span class="settings">
<label title="The control plane’s own work, by the clock, too"><input type="checkbox" id="background"> background</label>
<label>Times in <select id="zone"><option value="UTC">UTC</option><option value="local">local time</option></select></label>
<button type="button" id="help" aria-haspopup="dialog" aria-label="Help: keys and examples">?</button>
</span></header>
<div class="tools-bar" role="search">
<div class="search">
<div class="editor">
<div class="field">
<div id="paint" aria-hidden="true"></div>
<input type="text" id="query" role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="options" aria-label="Search: words, or an expression" aria-describedby="fault" placeholder="Search words, or ask: verb == &quot;delete&quot; and lines > 10" autocomplete="off" autocapitalize="off" spellcheck="false">
<kbd aria-hidden="true">/</kbd>
</div>
<p id="fault" class="fault" role="alert"></p>
<ul id="options" role="listbox" aria-label="Completions" hidden></ul>
</div>
<span id="count" role="status" aria-live="polite"></span>
<span class="buttons">
<button type="button" id="reset" hidden>Show all</button>
<button type="button" id="copy">Copy as query</button>
<button type="button" id="link">Copy link</button>
<button type="button" id="export">Export JSON</button>
</span>
</div>
<div class="when">
<canvas id="timeline" tabindex="0" role="slider" aria-label="Part of the time: drag, or arrow keys to move it, with Shift to widen it, Escape for all" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"></canvas>
<p id="moment" aria-hidden="true" hidden></p>
<p class="zoom"><button type="button" id="zoom-in" hidden>Zoom in</button><button type="button" id="zoom-out" hidden>Whole log</button></p>
</div>
</div>
<details id="facet-box" open><summary>Filters</summary><div id="facets"></div></details>
<main class="list" aria-label="Contexts">
<div id="list" role="grid" aria-label="Contexts: arrow keys move, Enter opens" aria-colcount="6" tabindex="0">
<div class="head" role="row" aria-rowindex="1">${head}</div>
<div id="rows" role="rowgroup"></div></div>
<div id="empty"><p>Opening ${number(contexts)} contexts…</p></div>
</main>
<section id="detail" aria-labelledby="detail-title" hidden></section>
<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys, and what can be asked</h2>
<dl class="keys">${KEYS.map(([key, text]) => html`<dt><kbd>${key}</kbd></dt><dd>${text}</dd>`)}</dl>
<h3>Examples</h3>
<ul class="examples">${EXAMPLES.map(([text, says]) => html`<li><button type="button" data-example="${text}"><code>${text}</code></button> <span>${says}</span></li>`)}</ul>
<p>Words find actions, people and addresses that have them all. What compares something is an expression, of the language that <code>auditweave query</code> has: fields and values are offered as you type.</p>
<p class="quiet">These contexts were ${note}.</p>
<p><button type="button" id="keys-close">Close</button></p></dialog>
<p id="said" class="said" role="status" aria-live="polite"></p>
`;
}
