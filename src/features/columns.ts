import type { AuditEvent, JsonValue } from '../audit/event.js';
import { AuditweaveError } from '../errors.js';
import { parseUserAgent } from './user-agent.js';

/** One feature of a line. */
export interface Column {
  name: string;
  /** Whether the paper's selection kept it. */
  paper: boolean;
  /** The line's value, or null where it has none. */
  read(event: AuditEvent): string | null;
}

/** A value at a path of a JSON document, own keys only; a list stands for its first item. */
function at(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let node = value;
  for (const key of path) {
    if (Array.isArray(node)) node = node[0];
    if (typeof node !== 'object' || node === null || Array.isArray(node) || !Object.hasOwn(node, key))
      return undefined;
    node = node[key];
  }
  return node;
}

function text(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (Array.isArray(value)) return text(value[0]);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** 1 where there is a value, 0 where there is none. */
function present(value: JsonValue | undefined): string {
  return text(value) === null ? '0' : '1';
}

type Source = 'objectRef' | 'requestObject' | 'responseObject';

function field(source: Source, path: string, paper: boolean): Column {
  const keys = path.split('.');
  return { name: `${source}.${path}`, paper, read: (event) => text(at(event[source] as JsonValue, keys)) };
}

function flag(source: Source, path: string): Column {
  const keys = path.split('.');
  return {
    name: `${source}.${path}`,
    paper: true,
    read: (event) => present(at(event[source] as JsonValue, keys)),
  };
}

/** The object an Event is about: `involvedObject` (core/v1) or `regarding` (events.k8s.io/v1). */
function involved(key: string, kept: 'text' | 'flag' | 'dropped'): Column {
  return {
    name: `responseObject.involvedObject.${key}`,
    paper: kept !== 'dropped',
    read: ({ responseObject }) => {
      const value = at(responseObject, ['involvedObject', key]) ?? at(responseObject, ['regarding', key]);
      return kept === 'flag' ? present(value) : text(value);
    },
  };
}

/** A field of an Event that events.k8s.io/v1 calls otherwise. */
function eventField(name: string, core: string, newer: string): Column {
  return {
    name: `responseObject.${name}`,
    paper: true,
    read: ({ responseObject }) =>
      text(at(responseObject, core.split('.')) ?? at(responseObject, newer.split('.'))),
  };
}

function agent(
  part: 'tool' | 'version' | 'extra' | 'hash' | 'platform' | 'arch',
  name: string,
  paper: boolean,
): Column {
  return { name: `userAgent.${name}`, paper, read: ({ userAgent }) => parseUserAgent(userAgent)[part] };
}

const owner = (source: Source, key: string, paper: boolean): Column =>
  field(source, `metadata.ownerReferences.${key}`, paper);

const extra = (key: string): Column => ({
  name: `user.extra.${key}`,
  paper: false,
  read: ({ user }) => text(at(user.extra as JsonValue | undefined, [`authentication.kubernetes.io/${key}`])),
});

/**
 * The paper's columns [K8NTEXT, §5.4, Table 2]; `paper` marks the 39 that its model uses. Whether a line has an objectRef at all is
 * listed among them too, but says nothing once the paper's filter has dropped the lines without one: it is left to choose, which
 * makes 39.
 */
export const COLUMNS: readonly Column[] = [
  field('objectRef', 'apiGroup', true),
  flag('objectRef', 'namespace'),
  field('objectRef', 'resource', true),
  field('objectRef', 'subresource', true),
  ...[0, 1, 2].map(
    (i): Column => ({ name: `user.groups[${i}]`, paper: true, read: ({ user }) => text(user.groups?.[i]) }),
  ),
  agent('tool', 'tool', true),
  agent('version', 'version', true),
  agent('extra', 'extra', true),
  { name: 'verb', paper: true, read: ({ verb }) => text(verb) },
  field('requestObject', 'kind', true),
  field('requestObject', 'apiVersion', true),
  field('requestObject', 'metadata.namespace', true),
  ...['apiVersion', 'kind', 'controller', 'blockOwnerDeletion'].map((key) =>
    owner('requestObject', key, true),
  ),
  field('requestObject', 'volumeBindingMode', true),
  field('requestObject', 'spec.volumeMode', true),
  {
    name: 'annotations.authorization.k8s.io/decision',
    paper: true,
    read: ({ annotations }) => text(at(annotations, ['authorization.k8s.io/decision'])),
  },
  { name: 'responseStatus.code', paper: true, read: ({ responseStatus }) => text(responseStatus?.code) },
  field('responseObject', 'kind', true),
  flag('responseObject', 'metadata.namespace'),
  field('responseObject', 'spec.volumeMode', true),
  ...['apiVersion', 'kind', 'controller', 'blockOwnerDeletion'].map((key) =>
    owner('responseObject', key, true),
  ),
  involved('apiVersion', 'text'),
  involved('kind', 'text'),
  involved('namespace', 'flag'),
  involved('resource', 'text'),
  involved('subresource', 'text'),
  field('responseObject', 'reason', true),
  eventField('count', 'count', 'deprecatedCount'),
  field('responseObject', 'type', true),
  eventField('reportingComponent', 'reportingComponent', 'reportingController'),
  eventField('source.component', 'source.component', 'deprecatedSource.component'),
  { name: 'objectRef', paper: false, read: ({ objectRef }) => (objectRef ? '1' : '0') },
  ...['name', 'uid', 'resourceVersion', 'apiVersion'].map((key) => field('objectRef', key, false)),
  { name: 'user.username', paper: false, read: ({ user }) => text(user.username) },
  { name: 'user.uid', paper: false, read: ({ user }) => text(user.uid) },
  extra('pod-name'),
  extra('pod-uid'),
  { name: 'sourceIPs[0]', paper: false, read: ({ sourceIPs }) => text(sourceIPs?.[0]) },
  agent('hash', 'h', false),
  agent('platform', 'platform', false),
  agent('arch', 'arch', false),
  ...(['requestObject', 'responseObject'] as const).flatMap((source) => [
    field(source, 'metadata.generateName', false),
    owner(source, 'name', false),
    owner(source, 'uid', false),
  ]),
  field('responseObject', 'metadata.name', false),
  field('responseObject', 'metadata.resourceVersion', false),
  involved('name', 'dropped'),
  involved('fieldPath', 'dropped'),
  {
    name: 'annotations.authorization.k8s.io/reason',
    paper: false,
    read: ({ annotations }) => text(at(annotations, ['authorization.k8s.io/reason'])),
  },
];

/** Names of the 39 columns that the paper kept. */
export const PAPER_COLUMNS: readonly string[] = COLUMNS.filter(({ paper }) => paper).map(({ name }) => name);

export interface ColumnSelection {
  /** `paper`: the 39 kept; `all`: every one; or names. Default `paper`. */
  include?: 'paper' | 'all' | readonly string[];
  /** Names left out of these. Default none. */
  exclude?: readonly string[];
}

/**
 * The columns of a selection, in the order asked for.
 *
 * @throws {AuditweaveError} A name that is no column, with the nearest; or nothing is left.
 * @example selectColumns({ exclude: ['objectRef.namespace'] }).length // 38
 */
export function selectColumns({ include = 'paper', exclude = [] }: ColumnSelection = {}): Column[] {
  const find = (name: string): Column => {
    const column = COLUMNS.find((candidate) => candidate.name === name);
    if (column) return column;
    const last = name.split('.').at(-1)!.toLowerCase();
    const near = COLUMNS.filter((candidate) => candidate.name.toLowerCase().includes(last)).map(
      (c) => c.name,
    );
    throw new AuditweaveError(`features: expected the name of a column, got “${name}”.`, {
      hint: `${near.length > 0 ? 'Near it' : 'Known'}: ${(near.length > 0 ? near : COLUMNS.map((c) => c.name)).join(', ')}.`,
    });
  };
  const names =
    include === 'paper' ? PAPER_COLUMNS : include === 'all' ? COLUMNS.map((c) => c.name) : include;
  const out = new Set(exclude.map((name) => find(name).name));
  const columns = [...new Set(names)].map(find).filter(({ name }) => !out.has(name));
  if (columns.length === 0)
    throw new AuditweaveError('features: expected at least one column, got none.', {
      hint: 'Exclude fewer columns.',
    });
  return columns;
}
