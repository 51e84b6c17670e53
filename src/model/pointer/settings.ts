import { LEVELS, type Level } from '../../audit/level.js';
import { UNLEARNED, type Unlearned } from './ranker.js';
import { RULE_IDS } from './rules/rules.js';

/** What ranks the causes of a line. Only trees are kept as a model; the others are there to be compared with. */
export const LEARNERS = ['trees', 'network', ...(Object.keys(UNLEARNED) as Unlearned[])] as const;

/** The settings of `model` that are this kind's own. */
export interface PointerSettings {
  /** Boosted trees, a small network on the same columns, or what learns nothing (`UNLEARNED`). */
  learner: (typeof LEARNERS)[number];
  /** Levels of the lines that are learnt from: each line once at each, as far as `audit.level` leaves it. */
  levels: Level[];
  /** Trees an epoch. */
  trees: number;
  /** Most leaves of a tree, λ, and the least sum of second derivatives in a leaf. */
  leaves: number;
  l2: number;
  minHessian: number;
  /** Shares of the columns and of the lines that each tree sees. */
  columnShare: number;
  groupShare: number;
  /** Whether marks come from models of the other captures once more, so that the last model knows its own mistakes. */
  closedLoop: boolean;
  /** Share of true marks that go to another candidate. */
  spoil: number;
  /** Shares of the lines of which words, and relations, are hidden. */
  hideWords: number;
  hideRelations: number;
  /** Logs made of the training captures, put together with names, uids and times redrawn, that are taught beside them. */
  interleaved: number;
  /** Share of the streams of such a log whose people are those of the first. */
  mergePeople: number;
  /** Most streams of such a log; with one it is a capture as it was, renamed and at another pace. */
  streams: number;
  /** Audit policies that mix levels, drawn for each capture, under which its lines are taught once more each, as of a slower cluster. */
  policies: number;
  /** A dataset folder whose training captures are taught beside; empty: none. */
  beside: string;
  /** Resources, as in `statefulsets`, whose contexts are not taught: every one with a line on one, and their words. */
  without: string[];
  /**
   * `take`: a rule of identity is believed of a line with bodies where the log has nearly all of them, else the ranker
   * is told what it says;
   * `weigh`: the ranker is always told; `off`: rules are not asked.
   */
  rules: 'take' | 'weigh' | 'off';
  /** Ids of rules that are not asked. */
  rulesOff: string[];
}

const share = (value: number) => ({ type: 'number', minimum: 0, maximum: 1, default: value });

/** JSON Schema of `PointerSettings`. */
export const POINTER_SETTINGS = {
  learner: { enum: LEARNERS, default: 'trees' },
  levels: {
    type: 'array',
    items: { enum: LEVELS },
    minItems: 1,
    uniqueItems: true,
    default: ['metadata', 'requestResponse'],
  },
  trees: { type: 'integer', minimum: 1, default: 10 },
  leaves: { type: 'integer', minimum: 2, maximum: 256, default: 31 },
  l2: { type: 'number', minimum: 0, default: 1 },
  minHessian: { type: 'number', minimum: 0, default: 0.2 },
  columnShare: share(0.5),
  groupShare: share(0.5),
  closedLoop: { type: 'boolean', default: true },
  spoil: share(0.03),
  hideWords: share(0.08),
  hideRelations: share(0),
  interleaved: { type: 'integer', minimum: 0, maximum: 32, default: 0 },
  mergePeople: share(0.2),
  streams: { type: 'integer', minimum: 1, maximum: 16, default: 4 },
  policies: { type: 'integer', minimum: 0, maximum: 16, default: 0 },
  beside: { type: 'string', default: '' },
  without: { type: 'array', items: { type: 'string' }, uniqueItems: true, default: [] },
  rules: { enum: ['take', 'weigh', 'off'], default: 'take' },
  rulesOff: { type: 'array', items: { enum: RULE_IDS }, uniqueItems: true, default: [] },
} as const;
