import { type Forest, scoreRows } from '../trees/forest.js';
import { QuickScorer } from '../trees/quick-scorer.js';
import { COLUMNS, SHARED, WIDTH } from './columns.js';
import { RELATIONS, type Relation } from './relations.js';

/** What gives each candidate of a line a score: the cause is the one with the highest, the first of several. */
export interface Ranker {
  /**
   * @param rows Columns of the candidates, "nobody" first. Shape [count, WIDTH].
   * @param out Gets the scores. Shape [≥ count].
   */
  score(rows: Float32Array, count: number, out: Float64Array): void;
}

/** What learns to rank. */
export interface Learner extends Ranker {
  /** Learns once more from the lines that it was given; gives their mean loss. */
  step(): number;
}

/** Boosted trees as a ranker, by the quicker of two ways that give the same. */
export function treesRanker(forest: Forest): Ranker {
  const quick = QuickScorer.of(forest, WIDTH);
  return {
    score: (rows, count, out) =>
      quick
        ? quick.score(rows, { count, shared: SHARED }, out)
        : scoreRows(forest, rows, { columns: WIDTH, count }, out),
  };
}

const columnOf = (name: string): number => COLUMNS.findIndex((column) => column.name === name);

/** A candidate that relations name in a fixed order, those of one relation by age; nobody where none does. */
function inOrder(order: readonly Relation[], oldest = Number.POSITIVE_INFINITY): Ranker {
  const columns = order.map(columnOf);
  return {
    score(rows, count, out) {
      out[0] = -1e15;
      for (let k = 1; k < count; k++) {
        const at = columns.findIndex((column) => rows[k * WIDTH + column]! <= oldest);
        out[k] = at < 0 ? Number.NEGATIVE_INFINITY : -1e10 * at - rows[k * WIDTH + columns[at]!]!;
      }
    },
  };
}

const begins = (...starts: string[]): Relation[] =>
  starts.flatMap((start) => RELATIONS.filter((relation) => relation.startsWith(start)));

/** Seconds after which a change in the namespace counts no more. */
const LATELY = 300;

export type Unlearned = 'generic' | 'owner' | 'namespace' | 'rules';

/**
 * Rankers that learn nothing: `generic` takes relations in a fixed order, the nearest first; `owner` follows the object and its owners, as
 * tracing tools do; `namespace` the last change in the namespace, 300 s at most; `rules` what a rule of identity says, else nobody.
 */
export const UNLEARNED: Readonly<Record<Unlearned, Ranker>> = {
  generic: inOrder([
    ...begins(
      'bound_',
      'claim_',
      'self_shaped',
      'self_made',
      'self_touched',
      'own_shaped',
      'own_touched',
      'own_',
    ),
    ...begins('inv_shaped', 'inv_touched', 'inv', 'self_', 'anc_', 'word_', 'target_', 'select_', 'ref'),
    ...begins('pre_shaped', 'pre_touched', 'pre_', 'ns_ending', 'pop_', 'served', 'ns_touched', 'ns_any'),
  ]),
  owner: inOrder(
    begins('self_shaped', 'self_made', 'self_touched', 'self_', 'own_', 'anc_', 'inv_', 'invown_'),
  ),
  namespace: inOrder(['ns_any'], 1000 * LATELY),
  rules: {
    score(rows, count, out) {
      const ruled = columnOf('c_rule');
      for (let k = 0; k < count; k++) out[k] = rows[k * WIDTH + ruled]! > 0 ? 1 : 0;
    },
  },
};
