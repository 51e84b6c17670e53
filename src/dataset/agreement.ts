/** How often a rule was used, and how often the cut by time names the same command. */
export interface RuleAgreement {
  lines: number;
  /** Lines for which there is an opinion by time: people worked one at a time. */
  timed: number;
  agree: number;
}

export type Agreement = Record<string, RuleAgreement>;
