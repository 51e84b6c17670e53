import type { ColumnKind } from '../trees/bins.js';
import { FAMILIES, RELATIONS } from './relations.js';
import type { WordField } from './words.js';

/** Columns about the line; those of words are numbered by the field after the colon. */
const LINE = [
  ...['role:role', 'verb:verb', 'resource:resource', 'subresource:subresource', 'reason:reason', 'rule:rule'],
  ...[
    'code',
    'level',
    'shaping',
    'owners',
    'emptying',
    'ending',
    'waits',
    'targets',
    'cluster',
    'known',
    'named',
  ],
  'candidates',
];
/** Columns about the candidate: its request, the lines that it has already, and how near the line is. */
const PAIR = [
  ...[
    'c_resource:resource',
    'c_verb:verb',
    'c_subresource:subresource',
    'c_lastRole:role',
    'c_lastResource:resource',
  ],
  ...[
    'c_lastVerb:verb',
    'c_code',
    'c_robot',
    'c_age',
    'c_lines',
    'c_idle',
    'c_alike',
    'c_samePlace',
    'c_sameResource',
  ],
  ...[
    'c_sameObject',
    'c_namespace',
    'c_prefix',
    'c_open',
    'c_latest',
    'c_order',
    'c_relations',
    'c_near',
    'c_behind',
  ],
  ...[
    'c_rule',
    'c_background',
    ...FAMILIES.map((_, i) => `near${i}`),
    ...FAMILIES.map((_, i) => `behind${i}`),
  ],
];

/** Columns of a row: a name, and what it holds. */
export const COLUMNS: readonly { name: string; kind: ColumnKind; field: WordField | null }[] = [
  ...[...LINE, ...PAIR].map((text) => {
    const [name = '', field] = text.split(':') as [string, WordField?];
    return { name, kind: field ? ('word' as const) : ('number' as const), field: field ?? null };
  }),
  ...RELATIONS.map((name: string) => ({ name, kind: 'number' as const, field: null })),
];
export const WIDTH = COLUMNS.length;
/** Columns, from the first on, that are alike in all rows of a line. */
export const SHARED = LINE.length;
/** Where the columns about the candidate begin, in them those of families, and behind them those of relations. */
export const FIRST_PAIR = LINE.length;
export const FIRST_FAMILY = LINE.length + PAIR.length - 2 * FAMILIES.length;
export const FIRST_RELATION = LINE.length + PAIR.length;
/** Columns that the row of "nobody caused it" has, too. */
export const BACKGROUND = FIRST_PAIR + PAIR.indexOf('c_background');
export const RULED = FIRST_PAIR + PAIR.indexOf('c_rule');
