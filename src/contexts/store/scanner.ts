/** Deeper than this, a line is one value. */
export const DEEPEST = 128;
const WORD = /-?\d[\d.eE+-]*|true|false|null/y;

/** Characters of numbers, beside digits. */
const [PLUS, MINUS, POINT, E] = [0x2b, 0x2d, 0x2e, 0x65] as const;

/** Text that is no compact JSON, or too deep. */
export class NotCompact extends Error {}

/** Goes past values of a text of compact JSON, from where it stands on. */
export class Scanner {
  protected text = '';
  protected at = 0;

  /** Goes past a string. */
  protected string(): void {
    const { text } = this;
    if (text.charCodeAt(this.at) !== 0x22) throw new NotCompact();
    let end = this.at + 1;
    for (;;) {
      end = text.indexOf('"', end);
      if (end < 0) throw new NotCompact();
      let slashes = 0;
      while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
      if (slashes % 2 === 0) break;
      end++;
    }
    this.at = end + 1;
  }

  /** Goes past a number, or what is made of the characters of one. */
  protected number(): void {
    const { text } = this;
    let { at } = this;
    for (;;) {
      const code = text.charCodeAt(at);
      const inside =
        (code >= 0x30 && code <= 0x39) ||
        (code | 0x20) === E ||
        code === PLUS ||
        code === MINUS ||
        code === POINT;
      if (!inside) break;
      at++;
    }
    if (at === this.at) throw new NotCompact();
    this.at = at;
  }

  /** Goes past a number, or a word. */
  protected word(): void {
    WORD.lastIndex = this.at;
    if (!WORD.test(this.text)) throw new NotCompact();
    this.at = WORD.lastIndex;
  }

  /** Goes past a value. */
  protected skip(depth: number): void {
    if (depth > DEEPEST) throw new NotCompact();
    const { text } = this;
    const open = text.charCodeAt(this.at);
    if (open === 0x22) this.string();
    else if (open === 0x7b || open === 0x5b) {
      const close = open + 2;
      this.at++;
      if (text.charCodeAt(this.at) === close) {
        this.at++;
        return;
      }
      for (;;) {
        if (open === 0x7b) {
          this.string();
          if (text.charCodeAt(this.at++) !== 0x3a) throw new NotCompact();
        }
        this.skip(depth + 1);
        const next = text.charCodeAt(this.at++);
        if (next === close) return;
        if (next !== 0x2c) throw new NotCompact();
      }
    } else this.word();
  }
}
