import type { AuditEvent } from '../../audit/event.js';
import { type Label, labelOf, type ResourceTable } from '../../audit/labels.js';
import type { Level } from '../../audit/level.js';
import type { Prediction, Predictor, PredictorOptions } from '../model.js';
import { askingOf } from './asking.js';
import { chooseBy } from './choose.js';
import { explain } from './explain.js';
import { type Finding, Follower } from './follower.js';
import type { Cause } from './notes.js';
import type { PointerModel } from './pointer-folder.js';
import { type Request, readRequest } from './request.js';

/** What is kept of a line while it waits. */
export interface Held {
  line: number;
  request: Request;
  /** The label of its own action. */
  own: Label;
}

/**
 * Names the cause of each line as it comes: its label is that of its cause, and its own where nobody caused it.
 *
 * @example const predictor = pointerPredictor(await readPointer('results/a/capture/model'), await loadResourceTable());
 */
export function pointerPredictor(
  model: PointerModel,
  table: ResourceTable,
  { explain: told = false }: PredictorOptions = {},
): Predictor<Held> {
  const { words, forest, temperature, thresholds, lines, filter } = model;
  const follower = new Follower({
    words,
    ...askingOf(model),
    ...(told ? { explain } : {}),
    choose: chooseBy(forest, { temperature, thresholds }).choose,
  });
  /** Lines in the order in which they came, from `given` on, and what is found of them. */
  const queue: { held: Held; finding: Finding | null }[] = [];
  const waiting = new Map<number, (typeof queue)[number]>();
  const say = ({ held, finding }: (typeof queue)[number]): Prediction =>
    predictionOf(finding!, held, { table, told });
  const settle = (): Prediction[] => {
    for (const { line, finding } of follower.take()) {
      waiting.get(line)!.finding = finding;
      waiting.delete(line);
    }
    const ready = queue.findIndex(({ finding }) => !finding);
    return queue.splice(0, ready < 0 ? queue.length : ready).map(say);
  };
  return {
    counts: { lines, filter },
    heeds: ['explain'],
    levels: Object.keys(thresholds) as Level[],
    holds: Number.POSITIVE_INFINITY,
    skips: ({ objectRef, verb }) =>
      !objectRef?.resource ? 'no objectRef' : table.verbs.has(verb) ? null : 'a verb that no label has',
    read: (event: AuditEvent, line) => ({ line, request: readRequest(event), own: labelOf(event, table) }),
    async push(held) {
      for (const one of held) {
        const slot = { held: one, finding: null };
        queue.push(slot);
        waiting.set(one.line, slot);
        follower.push(one.request, one.line);
      }
      return settle();
    },
    async passed(silent) {
      follower.passed(silent);
      return settle();
    },
    alone: async (held) => predictionOf(follower.alone(held.request, held.line), held, { table, told }),
    async end() {
      follower.end();
      return settle();
    },
    release: async () => {},
  };
}

function predictionOf(
  { cause, confidence, reason, uncertain }: Finding,
  { request, own }: Held,
  { table, told }: { table: ResourceTable; told: boolean },
): Prediction {
  const more = { ...(told ? { reason } : {}), ...(uncertain ? { uncertain } : {}) };
  if (!cause)
    return { label: own, confidence, trigger: null, background: request.kind === 'system', ...more };
  const trigger = { line: cause.line, auditID: cause.auditID };
  return { label: labelOfCause(cause, own, table), confidence, trigger, background: false, ...more };
}

/** The label that a cause's own action has; a line's own where the cause is on no resource. */
export function labelOfCause(cause: Cause, own: Label, table: ResourceTable): Label {
  if (cause.label && cause.labelled === cause.objectRef) return cause.label;
  if (!cause.objectRef) return own;
  cause.label = labelOf({ objectRef: cause.objectRef, verb: cause.verb }, table);
  cause.labelled = cause.objectRef;
  return cause.label;
}
