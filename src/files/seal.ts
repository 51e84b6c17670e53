import { createHash } from 'node:crypto';

/** A value as a file of JSON holds it. */
const textOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** An object with the hash of all else in it as its last member. */
export function sealed<T extends object>(value: T): T & { sha256: string } {
  const { sha256: _, ...rest } = value as { sha256?: unknown };
  return { ...(rest as T), sha256: hashOf(rest) };
}

/**
 * JSON text of an object with the hash of all else in it, by which damage is seen.
 *
 * @example sealedJson({ a: 1 }) // '{\n  "a": 1,\n  "sha256": "…"\n}\n'
 */
export function sealedJson(value: object): string {
  return textOf(sealed(value));
}

/**
 * What a sealed object's hash says and is, where those differ; null where they are the same, and where there is none, as in files of
 * older versions.
 */
export function brokenSeal(value: unknown): { expected: string; got: string } | null {
  const { sha256: said, ...rest } = value as { sha256?: unknown };
  const got = hashOf(rest);
  if (said === undefined || said === got) return null;
  return { expected: `sha256 ${JSON.stringify(said)} of all else in it`, got };
}

const hashOf = (value: unknown): string => createHash('sha256').update(textOf(value)).digest('hex');
