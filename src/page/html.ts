/** HTML that is safe to place as it is: made by `html` or vouched for by `trusted`. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** What a placeholder of `html` may hold: text is escaped, lists are joined, nothing stands for null, undefined and false. */
export type HtmlContent = Html | string | number | null | undefined | false | readonly HtmlContent[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text as it can stand in an element or a quoted attribute. Control characters, which no page may hold, become U+FFFD.
 *
 * @example escapeHtml('<b title="x">') // '&lt;b title=&quot;x&quot;&gt;'
 */
export function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * Text without control characters and lone surrogates: fit for SVG, HTML and CSV.
 *
 * @example plain('a\u0000b') // 'a\ufffdb'
 */
export function plain(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd');
}

/**
 * A template whose every placeholder is escaped, unless it is `Html` itself.
 *
 * @example html`<td>${name}</td>` // name '<script>' is shown, not run
 */
export function html(pieces: TemplateStringsArray, ...values: readonly HtmlContent[]): Html {
  return new Html(pieces.map((piece, i) => piece + render(values[i])).join(''));
}

/** Marks text as HTML: for drawings of `toSvg` and the like, never for data. */
export function trusted(text: string): Html {
  return new Html(text);
}

function render(value: HtmlContent): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}
