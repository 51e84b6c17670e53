import { singularOf } from '../../audit/kind-names.js';
import type { Cause, ObjectNote } from './notes.js';
import { RELATIONS, type Relation, relate } from './relations.js';
import type { Asked, RuleAnswer } from './rules/rule.js';
import { whyOf } from './rules/rules.js';

/** What a relation says of the object that it leads to (`…`), the most telling first. */
const WORDS: readonly (readonly [start: string, words: string])[] = [
  ['own_', 'its owner is …'],
  ['self_', 'it is on …'],
  ['inv_', 'it tells of …'],
  ['word_', 'its message names …'],
  ['bound_', 'it is for …'],
  ['claim_', 'its claim or volume is …'],
  ['target_', 'behind the service is …'],
  ['select_', 'pods that it selects were changed'],
  ['anc_', 'what owns its owner is …'],
  ['invown_', 'what it tells of is owned by …'],
  ['pre_', 'its name begins as that of …'],
  ['refby_', 'it is named by …'],
  ['ref_', 'it refers to …'],
  ['crd', 'the definition of its kind was changed'],
  ['ns_ending', 'its namespace is being deleted'],
  ['served', 'the API server was serving the request'],
  ['node_', 'the node took a pod of it'],
  ['connect', 'a connection was opened'],
  ['pop_', 'objects came or went in its namespace'],
  ['bind_last', 'a pod of its namespace was given a node'],
  ['ns_', 'its namespace was changed'],
  ['user', 'the same actor was at work for it'],
];

/** What happened to the object, by the end of the relation's name. */
const DEEDS: Readonly<Record<string, string>> = {
  made: 'made',
  removed: 'removed',
  gone: 'of which a part was removed',
  signal: 'of which a part was changed',
};

/** A relation that names the cause: how long ago, and of which object. */
interface Found {
  relation: Relation;
  age: number;
  of: ObjectNote | undefined;
}

/**
 * Why a cause was found, in words: the most telling relation of the line to it, and the rule of identity where one names it too.
 *
 * @param cause Null for nobody.
 * @example explain(asked, cause, null) // 'its owner is replicaset web-7d9, made by create of deployment web 40 ms before; rule owned'
 */
export function explain(asked: Asked, cause: Cause | null, answer: RuleAnswer | null): string {
  const { request, note, registry } = asked;
  const rule = answer && answer.cause === cause ? whyOf(answer.id, request.background) : null;
  if (!cause) return rule ?? 'nothing that anybody did explains it';
  const found: Found[] = [];
  relate(request, note, registry, (relation, mark, of) => {
    if (mark?.cause === cause)
      found.push({ relation: RELATIONS[relation]!, age: request.micros - mark.micros, of });
  });
  const by = `by ${nameOf(cause)}`;
  const best = strongest(found);
  if (!best) return `${rule ?? 'it came last'}: ${nameOf(cause)} ${ago(request.micros - cause.micros)}`;
  const { words, age, of, relation } = best;
  const same = of?.resource === cause.resource && of.name === cause.name && cause.subresource === '';
  const deed = DEEDS[relation.slice(relation.lastIndexOf('_') + 1)] ?? 'changed';
  const text = of
    ? `${words.replace('…', objectName(of))}, ${deed} ${same ? `by its ${cause.verb}` : by} ${ago(age)}`
    : `${words}: ${nameOf(cause)} ${ago(age)}`;
  return rule ? `${text}; rule ${answer!.id}` : text;
}

function strongest(found: readonly Found[]): (Found & { words: string }) | null {
  for (const [start, words] of WORDS) {
    const own = found.filter(
      ({ relation, of }) => relation.startsWith(start) && (of || !words.includes('…')),
    );
    // The most telling deed of the nearest: what was made is told before what was changed.
    const first = own.sort((a, b) => a.age - b.age || rank(a.relation) - rank(b.relation))[0];
    if (first) return { ...first, words };
  }
  return null;
}

const rank = (relation: Relation): number =>
  relation.endsWith('_made') ? 0 : relation.endsWith('_removed') ? 1 : 2;

function objectName({ resource, name }: ObjectNote): string {
  return name ? `${singularOf(resource)} ${name}` : singularOf(resource);
}

function nameOf({ verb, resource, subresource, name }: Cause): string {
  const kind = resource === '' ? 'a request' : name ? singularOf(resource) : resource;
  return `${verb} of ${subresource ? `${subresource} of ` : ''}${kind}${name ? ` ${name}` : ''}`;
}

function ago(micros: number): string {
  if (micros < 1_000_000) return `${Math.max(0, Math.round(micros / 1000))} ms before`;
  return micros < 120_000_000
    ? `${(micros / 1_000_000).toFixed(1)} s before`
    : `${Math.round(micros / 60_000_000)} min before`;
}
