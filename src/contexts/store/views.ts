import { join } from 'node:path';
import { quoted } from '../../files/duckdb.js';
import type { StoreManifest } from './manifest.js';

/** Columns that a stored row has for itself; all others are worked out. */
const PLAIN = [
  ...['part', 'place', 'verb', 'resource', 'subresource', 'namespace', 'name', 'uid', 'api_group'],
  ...[
    'api_version',
    'resource_version',
    'code',
    'reason',
    'decision',
    'stage',
    'level',
    'received',
    'cause',
    'why',
  ],
];
const CLIENT = ['username', 'impersonated', 'user_uid', 'groups', 'source_ips', 'user_agent'];

const ACTOR = `coalesce(nullif(CASE
  WHEN coalesce(impersonated, '') = '' THEN username
  WHEN starts_with(impersonated, 'system:') AND coalesce(username, '') <> '' AND NOT starts_with(username, 'system:') THEN username
  ELSE impersonated END, ''), 'nobody')`;
const OUTCOME = `CASE
  WHEN stage = 'Panic' THEN 'failed'
  WHEN code IN (401, 403) OR decision = 'forbid' THEN 'refused'
  WHEN code IS NULL THEN 'unknown'
  WHEN code >= 400 THEN 'failed'
  ELSE 'done' END`;
const STAGED = 'coalesce(received, 0) + staged';
const END = 'received + greatest(0, coalesce(staged, 0))';
const FIRST = 'received + coalesce("first", 0)';
const LAST = `${END} + coalesce("last", 0)`;
/** As `uriOf` writes it. */
const PATH = `CASE WHEN resource IS NULL OR api_version IS NULL THEN NULL ELSE
  CASE WHEN api_group IS NULL THEN '/api/' || api_version ELSE '/apis/' || api_group || '/' || api_version END
  || CASE WHEN namespace IS NULL OR resource = 'namespaces' THEN '' ELSE '/namespaces/' || namespace END
  || '/' || resource
  || CASE WHEN name IS NULL OR (verb = 'create' AND subresource IS NULL) THEN '' ELSE '/' || name END
  || coalesce('/' || subresource, '') END`;
const unmarked = (column: string): string =>
  `replace(replace("${column}", chr(4), coalesce(namespace, '')), chr(3), coalesce(name, ''))`;

const LINE = [
  ...PLAIN.map((column) => `stored."${column}"`),
  ...CLIENT.map((column) => `clients."${column}"`),
  `${ACTOR} AS actor`,
  `${unmarked('message')} AS message`,
  `${OUTCOME} AS outcome`,
  `${STAGED} AS staged`,
  `CASE WHEN starts_with(uri, chr(1)) THEN ${PATH} || substr(uri, 2) ELSE uri END AS request_uri`,
  'coalesce(audit_uuid::VARCHAR, audit_text) AS audit_id',
  'stored."context"',
];
const CONTEXT = [
  `'c' || "context" AS id`,
  '"lines"::DOUBLE AS lines',
  `floor((${LAST} - (${FIRST})) / 1000.0 + 0.5) AS milliseconds`,
  `${FIRST} AS "first"`,
  `${LAST} AS "last"`,
  'confidence',
  'background',
  `${unmarked('words')} AS text`,
  'incident',
  ...['label', 'decided_by', 'continues', 'user_json', 'impersonated_json'].map((column) => `"${column}"`),
];

/** Rows up to which a store is read into memory when it is opened: questions are answered in milliseconds then. */
const LOADED = 300_000;

/**
 * The statements that make a store's files the tables `contexts` and `lines`, as conditions of the query language are about them.
 *
 * `contexts` has a row a context, with the columns of its triggering line and its own; `lines` a row a line that has a context. Of a compact
 * store, lines that were caused are told in kinds: those have the columns of a kind, and the others are null.
 */
export function viewsOf(dir: string, { parts, keep }: Pick<StoreManifest, 'parts' | 'keep'>): string[] {
  const rows = parts.reduce((sum, { lines }) => sum + lines, 0);
  const made = rows <= LOADED ? 'TABLE' : 'VIEW';
  const from = (file: string): string => {
    const paths = parts.map(({ name }) => quoted(join(dir, name, `${file}.parquet`)));
    return `SELECT file_index::INTEGER AS "part", file_row_number AS place, * FROM read_parquet([${paths.join(', ')}], file_row_number = true)`;
  };
  const retold = parts.flatMap(({ superseded }, part) =>
    superseded.map((context) => `(${part}, ${context})`),
  );
  /** Without contexts that a later part tells anew. */
  const latest = (file: string): string =>
    `(${from(file)}) AS stored ${retold.length === 0 ? '' : 'ANTI JOIN retold ON retold."part" = stored."part" AND retold."context" = stored."context"'}`;
  const known = 'JOIN clients ON clients."part" = stored."part" AND clients.client = stored.client';
  const line = LINE.join(', ');
  const statements = [
    ...(retold.length === 0
      ? []
      : [`CREATE TABLE retold AS SELECT * FROM (VALUES ${retold.join(', ')}) AS told("part", "context")`]),
    `CREATE TABLE clients AS ${from('clients')}`,
    `CREATE ${made} contexts AS SELECT ${[...LINE, ...CONTEXT].join(', ')} FROM ${latest('triggers')} ${known}`,
  ];
  const heads = `SELECT ${line}, true AS "trigger" FROM ${latest('triggers')} ${known}`;
  if (keep !== 'compact') {
    const caused = `SELECT ${line}, false AS "trigger" FROM (${from('caused')}) AS stored ${known} WHERE "context" IS NOT NULL`;
    return [...statements, `CREATE ${made} lines AS ${heads} UNION ALL ${caused}`];
  }
  const items = `SELECT "part", "context", namespace AS own, unnest(string_split(effects, chr(2))) AS item FROM ${latest('triggers')} WHERE effects IS NOT NULL
    UNION ALL SELECT "part", "context", NULL, unnest(string_split(effects, chr(2))) FROM ${latest('effects')} WHERE "context" IS NOT NULL`;
  const effects = `SELECT "part", "context", string_split(item, chr(1)) AS said, own FROM (${items})`;
  const caused = `SELECT effects."context", kinds.* EXCLUDE ("part", place, effect), false AS "trigger",
    CASE WHEN len(said) > 2 THEN nullif(said[3], '') ELSE own END AS namespace
    FROM (${effects}) AS effects
    JOIN (${from('kinds')}) AS kinds ON kinds."part" = effects."part" AND kinds.effect = said[1]::INTEGER`;
  return [...statements, `CREATE ${made} lines AS (${heads}) UNION ALL BY NAME (${caused})`];
}
