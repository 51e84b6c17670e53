import { MismatchError } from '../errors.js';
import type { AuditEvent } from './event.js';
import {
  LIMITS,
  OTHER_RESOURCE,
  OTHER_SUBRESOURCE,
  publicBase,
  type ResourceEntry,
  type ResourceTable,
} from './table.js';

export { loadResourceTable, type ResourceTable } from './table.js';

/**
 * The label of an action, read off its triggering event: resource id, subresource id, verb id, namespaced (0 or 1), single object
 * (0 or 1) [K8NTEXT, §5.5].
 */
export type Label = readonly [r: number, s: number, v: number, n: number, u: number];

/** What a label says, in the API's words. */
export interface Action {
  group: string;
  resource: string;
  subresource: string | null;
  verb: string;
  namespaced: boolean;
  single: boolean;
}

/**
 * The label of a line's own action. n is 1 when `objectRef.namespace` is present, u when `objectRef.name` is.
 *
 * @throws {MismatchError} The event has no objectRef, or a verb that the table does not know.
 * @example labelOf(event, table) // [17, 0, 2, 1, 1]: delete one ReplicaSet
 */
export function labelOf(event: Pick<AuditEvent, 'objectRef' | 'verb'>, table: ResourceTable): Label {
  const { objectRef, verb } = event;
  if (!objectRef?.resource)
    throw new MismatchError({
      folder: 'audit',
      expected: 'an event on a resource',
      got: 'one without objectRef',
    });
  const v = table.verbs.get(verb);
  if (v === undefined)
    throw new MismatchError({
      folder: 'audit',
      expected: `verb to be one of ${[...table.verbs.keys()].join(', ')}`,
      got: `“${verb}”`,
    });
  const group = objectRef.apiGroup ?? '';
  const subresource = objectRef.subresource || null;
  const known = table.find(group, objectRef.resource, subresource);
  const parent = known ?? table.find(group, objectRef.resource, null);
  const r = parent?.r ?? OTHER_RESOURCE;
  const s = known?.s ?? (subresource === null ? 0 : OTHER_SUBRESOURCE);
  return oneLabel(r, s, v, objectRef.namespace ? 1 : 0, objectRef.name ? 1 : 0);
}

const LABELS = new Map<number, Label>();

/** The same list for the same label: many lines wait with theirs. */
function oneLabel(r: number, s: number, v: number, n: number, u: number): Label {
  const code = (((r * LIMITS.s + s) * LIMITS.v + v) * 2 + n) * 2 + u;
  let label = LABELS.get(code);
  if (!label) {
    label = [r, s, v, n, u];
    LABELS.set(code, label);
  }
  return label;
}

/**
 * A label as one integer, own codec: a bijection between labels and 0 … 2¹⁹ − 1.
 *
 *     code = ((((r · 16 + s) · 8 + v) · 2 + n) · 2 + u
 *
 * @throws {MismatchError} A part is out of range.
 * @example encodeLabel([17, 0, 2, 1, 1]) // 8715
 */
export function encodeLabel(label: Label): number {
  const [r, s, v, n, u] = label;
  check(label, [LIMITS.r, LIMITS.s, LIMITS.v, 2, 2]);
  return (((r * LIMITS.s + s) * LIMITS.v + v) * 2 + n) * 2 + u;
}

/**
 * The inverse of `encodeLabel`.
 *
 * @throws {MismatchError} `code` is no integer from 0 to 524287.
 */
export function decodeLabel(code: number): Label {
  if (!Number.isInteger(code) || code < 0 || code >= LIMITS.r * LIMITS.s * LIMITS.v * 4)
    throw new MismatchError({
      folder: 'audit',
      expected: 'a label code from 0 to 524287',
      got: String(code),
    });
  const rest = Math.floor(code / 4);
  const resource = Math.floor(rest / LIMITS.v);
  return [Math.floor(resource / LIMITS.s), resource % LIMITS.s, rest % LIMITS.v, (code >> 1) & 1, code & 1];
}

/** Marks in the public format: a line whose label is not known, and one to leave out. */
export const PUBLIC_UNKNOWN = -1;
export const PUBLIC_IGNORE = -2;

/**
 * The paper's public integer of a label, as published: fields are added up, so that ids that do not fit their bits run over.
 *
 *     code = r · 2¹² + s · 2⁹ + n · 2⁸ + u · 2⁷ + v · 2⁴            [K8NTEXT, §5.7 and its source]
 *
 * @example encodePublicLabel([17, 0, 2, 1, 1]) // 70048
 */
export function encodePublicLabel([r, s, v, n, u]: Label): number {
  return r * 4096 + s * 512 + n * 256 + u * 128 + v * 16;
}

/**
 * A public integer read field by field; the lowest four bits are a variation of the same action and are left out. Not the inverse of
 * `encodePublicLabel` everywhere: nodes/proxy (15, 8) comes out as deployments (16, 0).
 *
 * @throws {MismatchError} `code` is no safe integer from 0.
 */
export function decodePublicLabel(code: number): Label {
  if (!Number.isSafeInteger(code) || code < 0)
    throw new MismatchError({
      folder: 'audit',
      expected: 'a public label, an integer from 0',
      got: String(code),
    });
  return [Math.floor(code / 4096), (code >> 9) & 7, (code >> 4) & 7, (code >> 8) & 1, (code >> 7) & 1];
}

/**
 * The public integer of a project label. `fromPublic` gives the label back.
 *
 * @throws {MismatchError} The public table has no such resource, or its code reads back as another one: DaemonSets as Deployments,
 *   pods/eviction as pods, replicationcontrollers/scale as replicationcontrollers, and subresource 8 (proxy) as the next resource.
 * @example toPublic([17, 0, 2, 1, 1], table) // 70048
 */
export function toPublic(label: Label, table: ResourceTable): number {
  const [r, s, v, n, u] = label;
  check(label, [LIMITS.r, LIMITS.s, LIMITS.v, 2, 2]);
  const entry = table.byId(r, s);
  const name = entry ? nameOf(entry) : `(${r}, ${s})`;
  if (!entry?.published)
    throw new MismatchError({ folder: 'audit', expected: 'a resource of the public table', got: name });
  const read = table.byPublicBase(publicBase(entry.published));
  if (read !== entry)
    throw new MismatchError({
      folder: 'audit',
      expected: 'a resource with a public code of its own',
      got: `${name}, whose code reads as ${nameOf(read!)}`,
    });
  return encodePublicLabel([entry.published.r, entry.published.s, v, n, u]);
}

/**
 * The project label of a public integer. Where several resources share a code, the one that the code's fields name is taken, as the
 * public data has it: deployments for 16, pods for 1. What the public data says of DaemonSets is therefore read as Deployments.
 *
 * @throws {MismatchError} No resource of the public table has that code.
 * @example fromPublic(70048, table) // [17, 0, 2, 1, 1]
 */
export function fromPublic(code: number, table: ResourceTable): Label {
  const [, , v, n, u] = decodePublicLabel(code);
  const entry = table.byPublicBase(Math.floor(code / 512));
  if (!entry)
    throw new MismatchError({
      folder: 'audit',
      expected: 'a public label of a known resource',
      got: `${code} (resource ${Math.floor(code / 4096)})`,
    });
  return [entry.r, entry.s, v, n, u];
}

/**
 * What a label says. A resource or subresource outside the table is called `other`.
 *
 * @throws {MismatchError} No resource has these ids, or no verb that one.
 */
export function describeLabel(label: Label, table: ResourceTable): Action {
  const [r, s, v, n, u] = label;
  const verb = [...table.verbs].find(([, id]) => id === v)?.[0];
  const known = table.byId(r, s);
  const parent = r === OTHER_RESOURCE ? { group: '', resource: 'other' } : table.byId(r, 0);
  const otherSubresource = s === OTHER_SUBRESOURCE ? 'other' : null;
  const found = known ?? (parent && (s === 0 || otherSubresource) ? parent : undefined);
  if (!found || verb === undefined || n > 1 || u > 1)
    throw new MismatchError({
      folder: 'audit',
      expected: 'a label of the table',
      got: `(${label.join(', ')})`,
    });
  return {
    group: found.group,
    resource: found.resource,
    subresource: known ? known.subresource : otherSubresource,
    verb,
    namespaced: n === 1,
    single: u === 1,
  };
}

/**
 * A label in words, unique among labels.
 *
 * @example labelText([17, 0, 2, 1, 1], table) // 'delete apps/replicasets (one, namespaced)'
 */
export function labelText(label: Label, table: ResourceTable): string {
  const { group, resource, subresource, verb, namespaced, single } = describeLabel(label, table);
  const object = `${group ? `${group}/` : ''}${resource}${subresource ? `/${subresource}` : ''}`;
  return `${verb} ${object} (${single ? 'one' : 'many'}, ${namespaced ? 'namespaced' : 'cluster'})`;
}

/**
 * Every id that a label part can take, ascending: the K classes of each of the model's heads [K8NTEXT, §5.7].
 *
 * @returns Shape [K].
 */
export function partIds(table: ResourceTable): Int32Array {
  const ids = new Set([0, 1, OTHER_RESOURCE, OTHER_SUBRESOURCE, ...table.verbs.values()]);
  for (const { r, s } of table.entries) ids.add(r).add(s);
  return Int32Array.from([...ids].sort((a, b) => a - b));
}

function nameOf({ resource, subresource }: ResourceEntry): string {
  return subresource ? `${resource}/${subresource}` : resource;
}

function check(label: Label, limits: readonly number[]): void {
  label.forEach((part, i) => {
    if (!Number.isInteger(part) || part < 0 || part >= limits[i]!)
      throw new MismatchError({
        folder: 'audit',
        expected: `label part ${'rsvnu'[i]} from 0 to ${limits[i]! - 1}`,
        got: String(part),
      });
  });
}
