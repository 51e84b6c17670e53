import { AuditweaveError } from '../errors.js';
import { similarNames } from '../nearest-name.js';
import { agentColumn, type Column, itemColumn, presenceColumn, valueColumn } from './fields.js';

export type { Column } from './fields.js';

const field = (path: string, paper: boolean): Column => valueColumn(path, paper, path.split('.'));
const flag = (path: string): Column => presenceColumn(path, true, path.split('.'));

/** A field of the object that an Event is about: `involvedObject` in core/v1, `regarding` in events.k8s.io/v1. */
const involvedPaths = (key: string): string[][] =>
  ['involvedObject', 'regarding'].map((object) => ['responseObject', object, key]);
const involved = (key: string, paper: boolean): Column =>
  valueColumn(`responseObject.involvedObject.${key}`, paper, ...involvedPaths(key));

/** A field of an Event that events.k8s.io/v1 calls otherwise. */
const eventField = (path: string, newer: string): Column =>
  valueColumn(
    `responseObject.${path}`,
    true,
    ['responseObject', ...path.split('.')],
    ['responseObject', ...newer.split('.')],
  );

const annotation = (key: string, paper: boolean): Column =>
  valueColumn(`annotations.${key}`, paper, ['annotations', key]);

const userExtra = (key: string): Column =>
  valueColumn(`user.extra.${key}`, false, ['user', 'extra', `authentication.kubernetes.io/${key}`]);

/** The first owner of the object that was sent or came back. */
const owner = (body: 'requestObject' | 'responseObject', keys: readonly string[], paper: boolean): Column[] =>
  keys.map((key) => field(`${body}.metadata.ownerReferences.${key}`, paper));

const OWNER_KIND = ['apiVersion', 'kind', 'controller', 'blockOwnerDeletion'];
const OWNER_NAME = ['name', 'uid'];

/**
 * Every column that the paper and its source name [K8NTEXT, §5.4, Table 2]: the 39 that its model uses first, marked `paper`, then
 * the others, to choose from. The text counts 50 fields before selection but does not list them; those its source lists are all here.
 *
 * - Namespaces are told from none by 0 and 1, not by name, but for that of `requestObject`, as the paper's source has it.
 * - `ownerReferences` are those of the first owner. An absent value, an empty one, or a whole object is null.
 * - `responseObject.involvedObject` and what belongs to it are filled for both kinds of Event: core/v1 has `involvedObject`,
 *   `reportingComponent`, `source` and `count`; events.k8s.io/v1 has `regarding`, `reportingController`, `deprecatedSource` and
 *   `deprecatedCount`. So an action's Events look alike, whichever interface they were written through.
 */
export const COLUMNS: readonly Column[] = [
  field('objectRef.apiGroup', true),
  flag('objectRef.namespace'),
  field('objectRef.resource', true),
  field('objectRef.subresource', true),
  ...[0, 1, 2].map((i) => itemColumn(`user.groups[${i}]`, true, ['user', 'groups'], i)),
  agentColumn('userAgent.tool', true, 'tool'),
  agentColumn('userAgent.version', true, 'version'),
  agentColumn('userAgent.extra', true, 'extra'),
  field('verb', true),
  field('requestObject.kind', true),
  field('requestObject.apiVersion', true),
  field('requestObject.metadata.namespace', true),
  ...owner('requestObject', OWNER_KIND, true),
  field('requestObject.volumeBindingMode', true),
  field('requestObject.spec.volumeMode', true),
  annotation('authorization.k8s.io/decision', true),
  field('responseStatus.code', true),
  field('responseObject.kind', true),
  flag('responseObject.metadata.namespace'),
  field('responseObject.spec.volumeMode', true),
  ...owner('responseObject', OWNER_KIND, true),
  involved('apiVersion', true),
  involved('kind', true),
  presenceColumn('responseObject.involvedObject.namespace', true, ...involvedPaths('namespace')),
  involved('resource', true),
  involved('subresource', true),
  field('responseObject.reason', true),
  eventField('count', 'deprecatedCount'),
  field('responseObject.type', true),
  eventField('reportingComponent', 'reportingController'),
  eventField('source.component', 'deprecatedSource.component'),
  { name: 'objectRef', paper: false, read: ({ objectRef }) => (objectRef ? '1' : '0') },
  ...['name', 'uid', 'resourceVersion', 'apiVersion'].map((key) => field(`objectRef.${key}`, false)),
  field('user.username', false),
  field('user.uid', false),
  userExtra('pod-name'),
  userExtra('pod-uid'),
  itemColumn('sourceIPs[0]', false, ['sourceIPs'], 0),
  agentColumn('userAgent.h', false, 'hash'),
  agentColumn('userAgent.platform', false, 'platform'),
  agentColumn('userAgent.arch', false, 'arch'),
  field('requestObject.metadata.generateName', false),
  ...owner('requestObject', OWNER_NAME, false),
  field('responseObject.metadata.generateName', false),
  ...owner('responseObject', OWNER_NAME, false),
  field('responseObject.metadata.name', false),
  field('responseObject.metadata.resourceVersion', false),
  involved('name', false),
  involved('fieldPath', false),
  annotation('authorization.k8s.io/reason', false),
];

/** Names of the 39 columns that the paper kept, in their order. */
export const PAPER_COLUMNS: readonly string[] = COLUMNS.filter(({ paper }) => paper).map(({ name }) => name);

export interface ColumnSelection {
  /** `paper`: the 39 kept; `all`: every one; or names. Default `paper`. */
  include?: 'paper' | 'all' | readonly string[];
  /** Names left out of these. Default none. */
  exclude?: readonly string[];
}

/**
 * The columns of a selection, in the order asked for, each once.
 *
 * @throws {AuditweaveError} A name that is no column, with the nearest; or nothing is left.
 * @example selectColumns({ exclude: ['objectRef.namespace'] }).length // 38
 */
export function selectColumns({ include = 'paper', exclude = [] }: ColumnSelection = {}): Column[] {
  const names =
    include === 'paper' ? PAPER_COLUMNS : include === 'all' ? COLUMNS.map(({ name }) => name) : include;
  const out = new Set(exclude.map((name) => columnOf(name).name));
  const columns = [...new Set(names)].map(columnOf).filter(({ name }) => !out.has(name));
  if (columns.length === 0)
    throw new AuditweaveError('features: expected at least one column, got none.', {
      hint: 'Include more columns, or exclude fewer.',
    });
  return columns;
}

function columnOf(name: string): Column {
  const column = COLUMNS.find((candidate) => candidate.name === name);
  if (column) return column;
  const near = similarNames(
    name,
    COLUMNS.map((candidate) => candidate.name),
  );
  throw new AuditweaveError(`features: expected the name of a column, got “${name}”.`, {
    hint: `Nearest are ${near.join(', ')}.`,
  });
}
