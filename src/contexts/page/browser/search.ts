import { readQuery } from '../../query/check.js';
import { evaluator, type Row } from '../../query/evaluate.js';
import { QueryError } from '../../query/query-error.js';
import { type Search, wordSearch } from './select.js';
import { type Store, textAt } from './store.js';

/** What a text finds, or what is wrong with it and where. */
export type Found =
  | { search: Search; isExpression: boolean }
  | { fault: { says: string; from: number; to: number } };

/** Signs and words that no plain search has. */
const EXPRESSION = /[=<>≤≥≠¬]|\b(exists|regexp|any|caused)\s*\(|^\s*(not|!)\s*\(/;

/** Columns of the fields that the page holds of contexts. */
const HELD = new Set([
  ...[
    'verb',
    'username',
    'actor',
    'impersonated',
    'source_ips',
    'user_agent',
    'resource',
    'subresource',
    'namespace',
  ],
  ...[
    'name',
    'api_group',
    'code',
    'outcome',
    'request_uri',
    'audit_id',
    'stage',
    'received',
    'staged',
    'id',
    'lines',
  ],
  ...['milliseconds', 'first', 'last', 'confidence', 'background', 'text', 'incident'],
]);

/** Finds contexts by words or, where the text compares something, by an expression of the query language. */
export function searchFor(store: Store, text: string): Found {
  if (!EXPRESSION.test(text)) return { search: wordSearch(store, text), isExpression: false };
  try {
    const query = readQuery(text, { now: Date.now() });
    const missing = missingField(query);
    if (missing !== null)
      return {
        fault: {
          says: `The page does not hold ${missing}; ask for it with the query command.`,
          from: Math.max(0, text.indexOf(missing)),
          to: Math.max(0, text.indexOf(missing)) + missing.length,
        },
      };
    const test = evaluator(query);
    return {
      search: (row) => test({ row: contextRow(store, row), lines: () => linesOf(store, row) }),
      isExpression: true,
    };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const hint = error.hint === undefined ? '' : ` ${error.hint}`;
    return { fault: { says: `${error.says}.${hint}`, from: error.from, to: error.to } };
  }
}

/** A field that is asked for and that the page does not hold, or null. */
function missingField(part: unknown): string | null {
  if (typeof part !== 'object' || part === null) return null;
  if ('column' in part && 'name' in part) return HELD.has(String(part.column)) ? null : String(part.name);
  for (const below of Object.values(part)) {
    const missing = missingField(below);
    if (missing !== null) return missing;
  }
  return null;
}

/** The fields of a context that an expression may ask for, as far as the page has them. */
function contextRow(store: Store, row: number): Row {
  const { texts, numbers, data } = store;
  const text = (name: string): string | null => textAt(texts, name, row) || null;
  const start = numbers.start!;
  const confidence = numbers.confidence![row]!;
  const first = numbers.from![row]!;
  const user = text('user');
  const actor = text('actor');
  return {
    ...{ verb: text('verb'), username: user, actor, impersonated: actor === user ? null : actor },
    ...{ source_ips: [text('address')].filter((one) => one !== null), user_agent: text('agent') },
    ...{ resource: text('resource'), subresource: text('subresource'), namespace: text('namespace') },
    ...{ name: text('name'), api_group: text('group'), code: numbers.code![row] || null },
    ...{
      outcome: text('outcome'),
      request_uri: text('uri'),
      audit_id: text('auditID'),
      stage: text('stage'),
    },
    ...{ received: numbers.received![row]!, staged: numbers.staged![row]!, id: `c${numbers.id![row]}` },
    lines: start[row + 1]! - start[row]! + (data.more[row] ?? 0),
    ...{ milliseconds: numbers.took![row]!, first, last: first + numbers.took![row]! * 1000 },
    confidence: Number.isNaN(confidence) ? null : confidence,
    ...{
      background: numbers.background![row] === 1,
      text: text('text'),
      incident: data.incidents[row] ?? null,
    },
  };
}

function* linesOf(store: Store, row: number): Generator<{ row: Row; trigger: boolean }> {
  const { lineTexts, lineNumbers, numbers } = store;
  for (let line = numbers.start![row]!; line < numbers.start![row + 1]!; line++) {
    const text = (name: string): string | null => textAt(lineTexts, name, line) || null;
    yield {
      row: {
        ...{ verb: text('verb'), actor: text('actor'), username: text('actor'), outcome: text('outcome') },
        ...{ resource: text('resource'), subresource: text('subresource'), namespace: text('namespace') },
        ...{
          name: text('name'),
          code: lineNumbers.code![line] || null,
          received: lineNumbers.micros![line]!,
        },
      },
      trigger: line === numbers.start![row],
    };
  }
}
