import type { JsonValue } from '../../audit/event.js';

/** What the placeholders stand for. A missing one stays as it is: `{csr}` is filled when the command runs. */
export type Values = Readonly<Record<string, string | (() => string)>>;

const PLACEHOLDER = /\{(it|name|Name|stem|Stem|kind|word|number|ns|node|part|patch|csr)\}/g;

/**
 * Fills placeholders in a text. `{word}` and `{number}` are drawn anew at each place.
 *
 * @example fillText('deployment/{it}', { it: 'kelira' }) // 'deployment/kelira'
 */
export function fillText(text: string, values: Values): string {
  return text.replaceAll(PLACEHOLDER, (whole, key: string) => {
    const value = values[key];
    return value === undefined ? whole : typeof value === 'string' ? value : value();
  });
}

/** Fills placeholders in every text and key of an object. */
export function fillObject(object: JsonValue, values: Values): JsonValue {
  if (typeof object === 'string') return fillText(object, values);
  if (Array.isArray(object)) return object.map((item) => fillObject(item, values));
  if (typeof object !== 'object' || object === null) return object;
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [fillText(key, values), fillObject(value, values)]),
  );
}

/** @example capitalized('gizmo') // 'Gizmo' */
export function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
