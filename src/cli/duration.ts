import { AuditweaveError, printable } from '../errors.js';

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/**
 * Milliseconds of a time such as `500ms`, `1s` or `2m`; a bare number is seconds.
 *
 * @param option The option that it is the value of, for the error.
 * @throws {AuditweaveError} It is no time, or none at all.
 * @example readDuration('hold', '1.5s') // 1500
 */
export function readDuration(option: string, text: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const milliseconds = Number(number) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  if (number !== '' && milliseconds >= 1 && Number.isSafeInteger(Math.ceil(milliseconds)))
    return Math.ceil(milliseconds);
  throw new AuditweaveError(
    `cli: expected --${option} to be a time such as 1s or 500ms, got “${printable(text)}”.`,
  );
}
