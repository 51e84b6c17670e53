import type { Choice } from './follower.js';
import type { Cause } from './notes.js';
import type { Relation } from './relations.js';
import { whyOf } from './rules/rules.js';

/** What a relation says, the most telling first. */
const WORDS: readonly (readonly [start: string, words: string])[] = [
  ['own_', 'what owns it was changed'],
  ['self_', 'the object was changed'],
  ['inv_', 'the object that it tells of was changed'],
  ['word_', 'its message names what was changed'],
  ['bound_', 'the pod that it is for was changed'],
  ['claim_', 'its claim or volume was changed'],
  ['target_', 'pods behind the service were changed'],
  ['select_', 'pods that it selects were changed'],
  ['anc_', 'what owns its owner was changed'],
  ['invown_', 'what owns the object that it tells of was changed'],
  ['pre_', 'what its name begins with was changed'],
  ['ref', 'an object that it refers to, or that refers to it, was changed'],
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

/**
 * Why a candidate was chosen, in words: by the rule that names it too, else by the most telling relation.
 *
 * @param row 0 for nobody, k + 1 for cause k.
 * @example explain(choice, 1) // 'what owns it was changed 40 ms before: create of deployments web'
 */
export function explain({ request, candidates, answer }: Choice, row: number): string {
  if (row === 0) return 'nothing that anybody did explains it';
  const cause = candidates.causes[row - 1]!;
  const known = candidates.relationsOf(row - 1);
  const [words, age] =
    answer?.cause === cause
      ? [whyOf(answer.id, request.background), Math.min(...known.map((one) => one.age))]
      : (strongest(known) ?? ['it came last', request.micros - cause.micros]);
  return `${words}${Number.isFinite(age) ? ` ${duration(age)} before` : ''}: ${nameOf(cause)}`;
}

function strongest(known: readonly { relation: Relation; age: number }[]): [string, number] | null {
  for (const [start, words] of WORDS) {
    const own = known.filter(({ relation }) => relation.startsWith(start));
    if (own.length > 0) return [words, Math.min(...own.map(({ age }) => age))];
  }
  return null;
}

function nameOf({ verb, resource, subresource, name }: Cause): string {
  return `${verb} of ${resource}${subresource ? `/${subresource}` : ''}${name ? ` ${name}` : ''}`;
}

function duration(micros: number): string {
  if (micros < 1_000_000) return `${Math.max(0, Math.round(micros / 1000))} ms`;
  return micros < 120_000_000
    ? `${(micros / 1_000_000).toFixed(1)} s`
    : `${Math.round(micros / 60_000_000)} min`;
}
