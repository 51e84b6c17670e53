import type { AuditEvent } from '../../src/audit/event.js';
import { receivedMicros } from '../../src/audit/event.js';
import { type LogLine, readAuditLog } from '../../src/audit/read.js';
import { actionText } from '../../src/contexts/action-text.js';
import {
  actorOf,
  type Context,
  endMicros,
  microsText,
  outcomeOf,
  triggerOf,
} from '../../src/contexts/context.js';
import { Links } from '../../src/contexts/store/links.js';
import { readTruth, type TruthRow } from '../../src/dataset/truth.js';

/**
 * The contexts that a dataset's truth gives some of its lines.
 *
 * @param takes Which lines; they are numbered anew.
 */
export async function trueLinks(dir: string, takes: (line: LogLine) => boolean): Promise<Links> {
  const truth = readTruth(`${dir}/truth.jsonl.gz`);
  const found = new Map<string, Found>();
  let next = 0;
  for await (const line of readAuditLog(`${dir}/audit.jsonl.gz`)) {
    const { value: row } = await truth.next();
    if (!row || !line.event || !takes(line)) continue;
    const one = found.get(row.context) ?? emptyOf(row);
    found.set(row.context, one);
    one.numbers.push(next++);
    one.events.push(line.event);
    if (row.trigger) one.trigger = one.numbers.length - 1;
  }
  const links = new Links();
  for (const one of found.values()) links.add(contextOf(one));
  return links;
}

interface Found {
  events: AuditEvent[];
  numbers: number[];
  trigger: number;
  background: boolean;
  label: Context['label'];
}

const emptyOf = ({ background, label }: TruthRow): Found => ({
  events: [],
  numbers: [],
  trigger: -1,
  background,
  label,
});

function contextOf(one: Found): Context {
  const { events, numbers, background, label } = one;
  const at = Math.max(0, one.trigger);
  const event = events[at]!;
  const first = Math.min(...events.map(receivedMicros));
  const last = Math.max(...events.map((each) => endMicros(each, receivedMicros(each))));
  return {
    context: `c${numbers[at]}`,
    label,
    text: actionText(event),
    actor: actorOf(event),
    outcome: outcomeOf(event),
    from: microsText(first),
    to: microsText(last),
    milliseconds: (last - first) / 1000,
    trigger: triggerOf(event, numbers[at]!),
    lines: numbers,
    confidence: null,
    background,
    decidedBy: 'labels',
  };
}
