import type { QueryColumn, QueryTables } from './column-query.js';
import { linesOf, type Store, type Table, type Texts } from './store.js';

/** Columns of the query language by those of the page. */
const TEXTS: Record<string, string> = {
  ...{ verb: 'verb', username: 'user', actor: 'actor', resource: 'resource', subresource: 'subresource' },
  ...{ namespace: 'namespace', name: 'name', api_group: 'group', outcome: 'outcome' },
  impersonated: 'impersonated',
};
const CONTEXT_TEXTS: Record<string, string> = {
  ...TEXTS,
  ...{ user_agent: 'agent', request_uri: 'uri', audit_id: 'auditID', stage: 'stage' },
  ...{ text: 'text', incident: 'incident' },
};

/** What the page holds of what an expression may ask for. */
export function queryTables(store: Store): QueryTables {
  const { start } = store.numbers;
  return {
    context: (column) => contextColumn(store, column),
    line: (column) => (store.lines ? lineColumn(store.lines, column) : undefined),
    linesOf: (row) => [start![row]!, start![row + 1]!],
  };
}

function contextColumn(store: Store, column: string): QueryColumn | undefined {
  const { texts, numbers } = store;
  const known = texts[CONTEXT_TEXTS[column] ?? ''];
  if (known) return known;
  /** Numbers, of which one that is none is absent. */
  const number = (name: string): QueryColumn | undefined =>
    numbers[name] && {
      at: (row) => {
        const value = numbers[name]![row]!;
        return Number.isNaN(value) ? null : value;
      },
    };
  switch (column) {
    case 'source_ips':
      return texts.addresses && lists(texts.addresses);
    case 'id':
      return { at: (row) => `c${numbers.id![row]}` };
    case 'code':
      return { at: (row) => numbers.code![row] || null };
    case 'lines':
      return { at: (row) => linesOf(store, row) };
    case 'milliseconds':
      return number('took');
    case 'first':
      return number('from');
    case 'confidence':
      return number(column);
    case 'background':
      return { at: (row) => numbers.background![row] === 1 };
    case 'received':
    case 'staged':
    case 'last':
      return number(column);
    default:
      return undefined;
  }
}

function lineColumn({ texts, numbers }: Table, column: string): QueryColumn | undefined {
  const known = texts[TEXTS[column] ?? ''];
  if (known) return known;
  switch (column) {
    case 'code':
      return { at: (line) => numbers.code![line] || null };
    case 'received':
      return { at: (line) => numbers.micros![line]! };
    default:
      return undefined;
  }
}

/** Texts of several lines as lists. */
function lists({ values, ids }: Texts): QueryColumn {
  const all = values.map((text) => (text === '' ? null : text.split('\n')));
  return { at: (row) => all[ids[row]!]! };
}
