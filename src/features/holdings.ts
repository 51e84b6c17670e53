import type { EncoderRecord } from './encoder-record.js';

/** What an encoder holds of the log that it was fitted to: columns of one kind of value. */
export interface Holding {
  /** What the values are, in words. */
  what: string;
  columns: string[];
  /** Distinct values of all these columns together, one a column and value. */
  values: number;
}

/** Kinds of values, the telling ones first; a column is of the first that fits its name. */
const KINDS: readonly [what: string, columns: RegExp][] = [
  ['people, service accounts and their groups', /^user\.(?!extra)/],
  ['addresses of clients', /^sourceIPs/],
  [
    'names, namespaces and ids of objects',
    /^user\.extra|(^|\.)(name|namespace|uid|generateName|resourceVersion|fieldPath)$|^annotations\.authorization\.k8s\.io\/reason$/,
  ],
  ['programs and their versions', /^userAgent/],
  ['words of the API: verbs, kinds, groups of kinds, codes, reasons', /./],
];
/** Columns that keep whether there is a value, not which. */
const PRESENCE = new Set<string | null>(['0', '1']);

/**
 * Says what an encoder holds of its log: which kinds of values, in which columns, how many; never a value.
 *
 * @example holdingsOf(encoder.toJSON())[0] // { what: 'people, …', columns: ['user.groups[0]'], values: 12 }
 */
export function holdingsOf({ columns }: EncoderRecord): Holding[] {
  const raw = columns.filter(({ values }) => !values.every((value) => PRESENCE.has(value)));
  return KINDS.map(([what], i) => {
    const own = raw.filter(({ name }) => KINDS.findIndex(([, pattern]) => pattern.test(name)) === i);
    const values = own.reduce(
      (sum, column) => sum + column.values.filter((value) => value !== null).length,
      0,
    );
    return { what, columns: own.map(({ name }) => name), values };
  }).filter(({ values }) => values > 0);
}
