import { type Cause, latest, type Mark, type ObjectNote } from '../notes.js';
import type { Registry } from '../registry.js';
import type { Request } from '../request.js';

/** What a rule is asked about. */
export interface Asked {
  request: Request;
  /** Its own object. */
  note: ObjectNote | null;
  registry: Registry;
}

/** What a rule of identity says of a line: its id, and the cause it names (null: nobody's). */
export interface RuleAnswer {
  id: string;
  cause: Cause | null;
}

/** A rule of identity: follows a line of the control plane back to its cause by what the line itself names. */
export interface IdentityRule {
  id: string;
  why: string;
  /** The mark of the cause, or null when the rule says nothing about the line. */
  find(asked: Asked): Mark | null;
}

/** How soon a controller answers a change of labels or annotations, in microseconds. */
const ECHO = 500_000;

/**
 * The last change of objects that a request comes of. Of labels and annotations alone comes only what a controller does at once; what it
 * does later, and all that kubelets and the scheduler do, comes of what the object is to be.
 */
export function changeOf(notes: readonly ObjectNote[], { micros, role }: Request): Mark | null {
  const shaped = latest(notes.map((note) => note.shaped));
  const touched = latest(notes.map((note) => note.touched));
  if (!shaped || !touched) return shaped ?? touched;
  const blind = role === 'node' || role === 'system:kube-scheduler';
  return !blind && micros - touched.micros < ECHO ? touched : shaped;
}

/** Objects of some keys that are known. */
export function notesOf(registry: Registry, keys: readonly string[]): ObjectNote[] {
  return keys.map((key) => registry.find(key)).filter((note) => note !== undefined);
}

/** What owns the object of a request, by the line or by what earlier ones said. */
export function ownersOf({ request, note, registry }: Asked): readonly ObjectNote[] {
  const named = notesOf(registry, request.facts.owners);
  return named.length > 0 ? named : (note?.owners ?? []);
}

/** Owners, owners of owners and so on, nearest first. */
export function ancestorsOf(asked: Asked): ObjectNote[] {
  const found = [...ownersOf(asked)];
  for (let i = 0; i < found.length && found.length < 16; i++)
    for (const above of found[i]!.owners) if (!found.includes(above)) found.push(above);
  return found;
}

export function lastOf(
  notes: readonly (ObjectNote | null)[],
  which: 'touched' | 'shaped' | 'made' | 'moved' | 'removed' | 'signal' | 'gone',
): Mark | null {
  return latest(notes.map((note) => note?.[which]));
}
