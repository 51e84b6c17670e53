import type { TruthRow } from '../../dataset/truth.js';
import type { Attribution } from '../attribution/attribute.js';

/** How a rule of attribution does against what the cluster carried along. */
export interface RuleError {
  /** A rule, or `all`; `disputed` and `undisputed` are those lines alone, whatever the rule. */
  rule: string;
  /** Lines whose causes all go back to one triggering request, and how many get its context, or at least its label. */
  lines: number;
  right: number;
  label: number;
  /** What the others get. */
  another: number;
  taken: number;
  /** Lines whose causes go back to several, and how many get the context of one of these, or of the one that was noticed last. */
  several: number;
  among: number;
  last: number;
  /** Lines that come of nobody's request, and how many the rules give to somebody. */
  nobody: number;
  given: number;
}

/** One line, as the truth has it and as the rules say. */
export interface Compared {
  truth: Pick<TruthRow, 'how' | 'trigger' | 'label' | 'background'> & { roots: readonly number[] };
  /** Triggering line of the truth. */
  trigger: number;
  rules: Pick<Attribution, 'how' | 'trigger' | 'background' | 'disputed'>;
  /** Label that the rules give. */
  label: string;
}

/**
 * Counts, rule by rule, how often attribution names the context that a line's causes go back to. People's own requests are left out, for both
 * know them by Audit-ID; so are lines that could not be followed.
 *
 * @returns All lines first, disputed and undisputed ones, then each rule, the most frequent first.
 * @example errorsByRule(lines)[0] // { rule: 'all', lines: 4711, right: 4650, … }
 */
export function errorsByRule(lines: Iterable<Compared>): RuleError[] {
  const errors = new Map<string, RuleError>();
  const of = (rule: string): RuleError => {
    const known = errors.get(rule) ?? {
      ...{ rule, lines: 0, right: 0, label: 0, another: 0, taken: 0 },
      ...{ several: 0, among: 0, last: 0, nobody: 0, given: 0 },
    };
    errors.set(rule, known);
    return known;
  };
  for (const rule of ['all', 'disputed', 'undisputed']) of(rule);
  for (const line of lines) {
    const { truth, rules } = line;
    if (truth.how === 'direct' || truth.how === 'unfollowed') continue;
    for (const rule of ['all', rules.disputed ? 'disputed' : 'undisputed', rules.how]) count(of(rule), line);
  }
  const [all, disputed, undisputed, ...rest] = [...errors.values()];
  const size = ({ lines: one, several, nobody }: RuleError): number => one + several + nobody;
  return [
    all!,
    disputed!,
    undisputed!,
    ...rest.sort((a, b) => size(b) - size(a) || (a.rule < b.rule ? -1 : 1)),
  ];
}

function count(error: RuleError, { truth, trigger, rules, label }: Compared): void {
  if (truth.how === 'propagated') {
    error.lines++;
    if (rules.background) error.taken++;
    else if (rules.trigger === trigger) error.right++;
    else error.another++;
    if (!rules.background && label === String(truth.label)) error.label++;
  } else if (truth.how === 'several') {
    error.several++;
    if (truth.roots.includes(rules.trigger)) error.among++;
    if (rules.trigger === trigger) error.last++;
  } else {
    error.nobody++;
    if (!rules.background) error.given++;
  }
}
