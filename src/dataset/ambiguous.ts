import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actorOf } from '../audit/actor.js';
import { type AuditEvent, receivedMicros, writtenMicros } from '../audit/event.js';
import { type Facts, readFacts } from '../audit/objects.js';
import { CHANGES } from '../audit/verbs.js';
import type { TruthRow } from './truth.js';

/** A counted line and its truth. */
export interface TrueLine {
  event: AuditEvent;
  truth: Pick<TruthRow, 'line' | 'context' | 'trigger' | 'background' | 'how'>;
}

/** A line of the control plane that requests of several contexts may have caused, as far as the log tells. */
export interface AmbiguousLine {
  line: number;
  /** The context that the truth has, and the others. */
  context: string;
  others: string[];
}

/** What a dataset's folder keeps of them. */
export interface AmbiguousLines {
  schema: 1;
  /** SHA-256 of the dataset. */
  dataset: string;
  /** Lines that somebody else's request caused, by the truth. */
  cascade: number;
  lines: AmbiguousLine[];
}

/** Its name in a dataset's folder. */
export const AMBIGUOUS = 'ambiguous.json';

/** Microseconds for which a controller may still be busy with a change. */
const BUSY = 2_000_000;
/** Owners of owners that are looked at. */
const DEPTH = 4;

interface Change {
  context: string;
  from: number;
  until: number;
}

/** Whether somebody else's request caused it, by the truth. */
export const isCascade = ({ trigger, background, how }: TrueLine['truth']): boolean =>
  !trigger && !background && how !== 'direct';

/**
 * Finds the lines of the control plane whose cause the log leaves open. A controller that is told of two changes of an object in a short time
 * answers both at once, and no line says which. A line is ambiguous where, in the two seconds before it and since its actor last wrote to the
 * same objects, requests of two contexts or more changed what it speaks of:
 *
 * - the object, and what an Event is about, for kubelets and the scheduler;
 * - besides, its owners and theirs, the pods behind endpoints, the volume of a claim, for controllers;
 * - for a quota, any object of the namespace; for the namespace's own end, its deletion too;
 * - for what the API server looks up in a namespace, the requests there that it was answering.
 *
 * @param lines Of one capture, in the order in which their requests were received.
 */
export function ambiguousLines(lines: readonly TrueLine[]): AmbiguousLine[] {
  const changes = new Map<string, Change[]>();
  const owners = new Map<string, readonly string[]>();
  const wrote = new Map<string, number>();
  const found: AmbiguousLine[] = [];
  for (const { event, truth } of lines) {
    const facts = readFacts(event);
    const now = receivedMicros(event);
    for (const key of facts.self) if (facts.owners.length > 0) owners.set(key, facts.owners);
    const actor = actorOf(event);
    const keys = spokenOf(event, facts, owners);
    if (isCascade(truth)) {
      const since = Math.max(now - BUSY, ...keys.map((key) => wrote.get(`${actor} ${key}`) ?? 0));
      const serving = actor === 'system:apiserver' && keys[0]?.startsWith('in/');
      const others = new Set(
        keys.flatMap((key) =>
          (changes.get(key) ?? []).flatMap(({ context, from, until }) =>
            (serving ? from <= now && until >= now : from > since && from <= now) ? context : [],
          ),
        ),
      );
      others.delete(truth.context);
      if (others.size > 0)
        found.push({ line: truth.line, context: truth.context, others: [...others].sort() });
    }
    if (!CHANGES.has(event.verb) || (event.responseStatus?.code ?? 200) >= 300) continue;
    for (const key of [...keys, ...facts.self]) wrote.set(`${actor} ${key}`, now);
    if (truth.background) continue;
    const change = { context: truth.context, from: now, until: writtenMicros(event) };
    const place = event.objectRef?.namespace;
    const ends = event.verb === 'delete' && event.objectRef?.resource === 'namespaces';
    for (const key of [
      ...facts.self,
      ...facts.items,
      ...(place && event.objectRef?.resource !== 'events' ? [`in/${place}`] : []),
      ...(ends ? [`end/${event.objectRef?.name ?? ''}`] : []),
    ])
      changes.set(key, [...(changes.get(key) ?? []).filter(({ until }) => until >= now - BUSY), change]);
  }
  return found;
}

/** Keys of what a line speaks of, by who speaks. */
function spokenOf(event: AuditEvent, facts: Facts, owners: ReadonlyMap<string, readonly string[]>): string[] {
  const actor = actorOf(event);
  const { resource, namespace } = event.objectRef ?? {};
  if (
    namespace &&
    (resource === 'resourcequotas' || (actor === 'system:apiserver' && event.verb !== 'create'))
  )
    return [`in/${namespace}`, ...facts.self];
  const own = [...facts.self, ...facts.involved, ...facts.about, ...facts.bound];
  if (actor.startsWith('system:node:') || actor === 'system:kube-scheduler') return own;
  const above = [...facts.owners];
  let layer = [...own, ...facts.owners];
  for (let depth = 0; depth < DEPTH; depth++) {
    layer = layer.flatMap((key) => owners.get(key) ?? []).filter((key) => !above.includes(key));
    above.push(...layer);
  }
  return [
    ...new Set([
      ...own,
      ...above,
      ...(facts.targets?.keys() ?? []),
      ...facts.claims,
      ...(namespace ? [`end/${namespace}`] : []),
    ]),
  ];
}

/**
 * The ambiguous lines of a dataset, by their number in the log.
 *
 * @returns Null where the folder has none for this dataset.
 */
export async function readAmbiguous({
  dir,
  sha256,
}: {
  dir: string;
  sha256: string;
}): Promise<Set<number> | null> {
  try {
    const found = JSON.parse(await readFile(join(dir, AMBIGUOUS), 'utf8')) as AmbiguousLines;
    return found.dataset === sha256 ? new Set(found.lines.map(({ line }) => line)) : null;
  } catch {
    return null;
  }
}
