import { type ContextLine, hasChanged, removes } from '../line.js';
import type { Mark, Memory } from './memory.js';

/** Enters into memory what a request did, once its context is known. */
export function record(memory: Memory, line: ContextLine, trigger: number): void {
  const { facts, resource, subresource, namespace, micros, event } = line;
  const mark: Mark = { line: line.line, trigger, micros };
  if (line.actor.endsWith(':namespace-controller')) {
    const ending = memory.get(`ending/${namespace || line.name}`);
    if (ending?.removed) memory.note(`ending/${namespace || line.name}`).moved = mark;
  }
  if (!hasChanged(line) || subresource === 'token') return;
  const self = identify(memory, line);
  // An Event reports a change; it is none.
  if (resource === 'events') {
    for (const key of self) memory.note(key).touched = mark;
    return;
  }
  const removal = removes(line);
  // A controller's report changes nothing; a person's is undone by the controller.
  const report = subresource === 'status' && line.role === 'system';
  const shaping = shapes(memory, line);
  const shape = facts.shape && (subresource === '' || subresource === 'status') ? facts.shape : null;
  for (const key of new Set([...self, ...facts.items])) {
    const note = memory.note(key);
    if (facts.owners.length > 0) note.owners = facts.owners;
    if (shape !== null) note.shape = shape;
    if (facts.targets) note.targets = facts.targets;
    note.moved = mark;
    if (!report) note.touched = mark;
    if (!report && shaping) note.shaped = mark;
    if (!report && shaping && !removal) note.made = mark;
    if (removal) note.removed = mark;
    for (const owner of note.owners ?? []) {
      const above = memory.note(owner);
      above.signalled = mark;
      if (removal) above.gone = mark;
    }
  }
  if (resource === 'namespaces') recordNamespace(memory, line, mark, removal);
  if (namespace && (removal || (subresource === '' && event.verb === 'create')))
    memory.note(`population/${namespace}/${resource}`).moved = mark;
  if (resource === 'customresourcedefinitions')
    memory.note(`group/${line.name.slice(line.name.indexOf('.') + 1)}`).touched = mark;
  if (resource === 'clusterroles' && !line.actor.endsWith(':clusterrole-aggregation-controller'))
    memory.note('aggregate/clusterroles').touched = mark;
  if (resource === 'pods') recordPod(memory, line, mark, self);
  if (facts.scales) memory.note(`scaler/${facts.scales}`).shaped = mark;
}

/** Whether a request changes more of an object than its labels and annotations. */
export function shapes(memory: Memory, { facts, event, subresource }: ContextLine): boolean {
  if (subresource !== '' || (event.verb !== 'patch' && event.verb !== 'update')) return true;
  return facts.shape === 0 || facts.shape !== memory.get(facts.self[0]!)?.shape;
}

/** Keys of a request's object. One that names it only, as an eviction, means the uid that the name stands for. */
function identify(memory: Memory, { facts: { self } }: ContextLine): readonly string[] {
  const uid = self.find((key) => !key.includes('/'));
  const name = self.find((key) => key.includes('/'));
  if (name === undefined) return self;
  if (uid !== undefined) {
    memory.note(name).uid = uid;
    return self;
  }
  const known = memory.get(name)?.uid;
  return known === undefined ? self : [known, ...self];
}

function recordNamespace(memory: Memory, line: ContextLine, mark: Mark, removal: boolean): void {
  const key = `ending/${line.name}`;
  if (removal && line.subresource === '' && !memory.get(key)?.removed) memory.note(key).removed = mark;
  if (line.event.verb !== 'create') return;
  const note = memory.note(key);
  delete note.removed;
  delete note.moved;
}

function recordPod(memory: Memory, line: ContextLine, mark: Mark, self: readonly string[]): void {
  const { facts, namespace, subresource, actor } = line;
  if (subresource === 'binding') memory.note(`arrival/${facts.node} ${namespace}`).moved = mark;
  if (actor.startsWith('system:node:')) memory.note(`arrival/${actor.slice(12)} ${namespace}`).moved = mark;
  for (const claim of facts.mounts) memory.note(`mount/${claim}`).owners = self;
}
