/**
 * A text whose lone halves of surrogate pairs are replaced by U+FFFD, as UTF-8 has none: what the store can hold.
 *
 * @example wellFormed('\ud800a') // '\ufffda'
 */
export function wellFormed(text: string): string {
  return LONE.test(text) ? text.replace(ALL_LONE, '\ufffd') : text;
}

const LONE = /\p{Surrogate}/u;
const ALL_LONE = /\p{Surrogate}/gu;
