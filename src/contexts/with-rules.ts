import type { LabelRow } from '../labeling/labeler.js';
import type { Attribution, Attributor } from './attribution.js';
import type { ContextLine } from './line.js';
import { RecentMap } from './recent-map.js';
import { isNobodys } from './rules/incidents.js';
import { Rules } from './rules/rules.js';

/** Incidents of which lines may still come. */
const MOST_INCIDENTS = 20_000;

/**
 * Contexts of a model that names triggers, with what rules know beside it: which line caused a line directly, where they see the same
 * trigger, and what went wrong by itself. A lost node, a login that fails again and again and a fault of the server, where no link leads to
 * an action, are incidents whatever the model says, for it has learnt from logs in which somebody caused everything; other incidents, as a
 * controller that is not allowed what it tries, are where the model sees nobody's action. Lines of which the model says labels only are
 * left to it.
 */
export class WithRules implements Attributor {
  readonly #model: Attributor;
  readonly #rules = new Rules();
  /** What the model said of lines that the rules have not decided. */
  readonly #said = new Map<number, Attribution>();
  /** Whether an incident is one whatever the model says. */
  readonly #incidents = new RecentMap<boolean, number>(MOST_INCIDENTS);

  constructor(model: Attributor) {
    this.#model = model;
  }

  push(line: ContextLine, row?: LabelRow): Attribution[] {
    const causes = row !== undefined && Boolean(row.trigger || row.background);
    // What the model says is there before the rules: of the same line, and of those before.
    const given = this.#model.push(line, row);
    if (!causes && !line.ahead) return given;
    const found: Attribution[] = [];
    for (const one of given)
      if (one.decidedBy === 'causes') this.#said.set(one.line.line, one);
      else found.push(one);
    return this.#join(this.#rules.push(line), found);
  }

  passed(until: number): Attribution[] {
    const given = this.#model.passed(until);
    return this.#join(this.#rules.passed(until), given);
  }

  end(): Attribution[] {
    const given = [...this.#join(this.#rules.end(), []), ...this.#model.end()];
    const rest = [...this.#said.values()];
    this.#said.clear();
    return [...given, ...rest];
  }

  /** Adds to `joined` what is found of lines that rules have decided now. */
  #join(decided: readonly Attribution[], joined: Attribution[]): Attribution[] {
    for (const rules of decided) {
      const { line, incident } = rules;
      if (incident !== undefined) this.#incidents.set(line.line, isNobodys(line));
      const said = this.#said.get(line.line);
      if (!said) continue;
      this.#said.delete(line.line);
      const certain = this.#incidents.get(rules.trigger);
      if (certain === true || (certain === false && said.background)) joined.push(rules);
      else joined.push(said.trigger === rules.trigger ? { ...said, cause: rules.cause } : said);
    }
    return joined;
  }
}
