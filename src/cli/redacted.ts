import { REDACTED } from '../contexts/redact.js';
import { say } from './output.js';

/** Of a store: it is not told of a line whether the word was there before. */
export const OF_STORE =
  ', which this store has in place of secrets; contexts LOG --out DIR --keep-secrets keeps them';

/**
 * Says in how many lines a secret was taken out; nothing where in none.
 *
 * @param command Who says it.
 * @param rest What else there is to tell of it: how secrets are kept, where they can be.
 * @example sayRedacted('contexts', 3, ' in place of secrets') // contexts: 3 lines have REDACTED in place of secrets.
 */
export function sayRedacted(command: string, count: number, rest: string): void {
  if (count === 0) return;
  say(`${command}: ${linesThat(count, 'has', 'have')} ${REDACTED}${rest}.\n`);
}

/**
 * Says how many lines of contexts a compact store counts and does not hold; nothing where there are none.
 *
 * @example sayMissing('contexts', 1) // contexts: 1 line that they caused is only counted in this store, which keeps compact.
 */
export function sayMissing(command: string, count: number): void {
  if (count === 0) return;
  const lines = linesThat(count, 'that they caused is', 'that they caused are');
  say(`${command}: ${lines} only counted in this store, which keeps compact.\n`);
}

const linesThat = (count: number, one: string, more: string): string =>
  count === 1 ? `1 line ${one}` : `${count.toLocaleString('en-US')} lines ${more}`;
