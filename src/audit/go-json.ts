/** What a text in JSON cannot hold as it is, in Go's way of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that JSON escapes
const ESCAPED = /["\\<>&\u0000-\u001f\u2028\u2029\ud800-\udfff]/;

/** JSON as the API server writes it: Go escapes `<`, `>`, `&` and the two line separators too. */
export function goJson(value: unknown): string {
  if (typeof value === 'string' && !ESCAPED.test(value)) return `"${value}"`;
  const text = JSON.stringify(value);
  if (!SPECIAL.test(text)) return text;
  return text.replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const SPECIAL = /[<>&\u2028\u2029]/;
