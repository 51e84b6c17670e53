import { createHash } from 'node:crypto';
import { writeFileAtomic } from '../files/atomic.js';
import { type Html, html, trusted } from './html.js';
import { SORT } from './sort-script.js';
import { STYLE } from './style.js';

export interface PageSection {
  /** Anchor: lower case, digits and dashes. */
  id: string;
  title: string;
  content: Html | readonly Html[];
}

export interface Page {
  title: string;
  /** Line above the title. Default `auditweave`. */
  kicker?: string;
  /** Line below the title. */
  lede?: string;
  sections: readonly PageSection[];
  /** Last line. */
  footer?: string;
}

/**
 * One page that needs nothing else: style, script and drawings are inside, and its content security policy forbids every
 * request. All text is escaped by `html`.
 *
 * @returns A whole HTML document; the same page gives the same bytes.
 * @example renderPage({ title: 'first-light', sections: [{ id: 'verbs', title: 'Verbs', content: html`<p>…</p>` }] })
 */
export function renderPage(page: Page): string {
  const policy = [
    "default-src 'none'",
    `style-src '${digest(STYLE)}'`,
    `script-src '${digest(SORT)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const links = page.sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  const sections = page.sections.map(
    ({ id, title, content }) =>
      html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${content}</section>\n`,
  );
  return html`${pageHead({ title: page.title, policy, style: STYLE })}<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top"><div class="wrap"><p class="kicker">${page.kicker ?? 'auditweave'}</p>
<h1>${page.title}</h1>${page.lede ? html`<p class="lede">${page.lede}</p>` : null}</div></header>
<nav aria-label="Sections"><div class="wrap"><ul>${links}</ul></div></nav>
<main id="content" class="wrap">
${sections}</main>
<footer><div class="wrap">${page.footer ?? 'Written by auditweave. This page needs no network.'}</div></footer>
<script>${trusted(SORT)}</script>
</body>
</html>
`.text;
}

/** Writes `renderPage` to a file, replacing it at once. */
export async function writePage(path: string, page: Page): Promise<void> {
  await writeFileAtomic(path, renderPage(page));
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** What every page begins with: it asks for nothing from elsewhere, and tells nobody where a reader came from. */
export function pageHead({ title, policy, style }: { title: string; policy: string; style: string }): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
`;
}
