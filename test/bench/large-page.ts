import type { AuditEvent } from '../../src/audit/event.js';
import { loadResourceTable } from '../../src/audit/labels.js';
import { type LogLine, readAuditLog } from '../../src/audit/read.js';
import type { Context } from '../../src/contexts/context.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { writeContextsPage } from '../../src/contexts/page/write.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { ContextStream } from '../../src/contexts/stream.js';

const LOG = 'datasets/first-light/audit.jsonl.gz';
const HOUR = 3_600_000;
/** Copies whose bodies the page has room for; later ones keep those that say of what an Event tells, and what was created. */
const WITH_BODIES = 60;

/**
 * Writes a page with very many contexts: those of first-light, found by rules, many times over, each time an hour later, in other
 * namespaces, by other people.
 */
export async function writeLargePage(path: string, total: number): Promise<void> {
  const events: LogLine[] = [];
  for await (const line of readAuditLog(LOG)) events.push(line);
  const own = await contextsOf(events);
  const copies = Math.ceil(total / own.length);
  const texts = textsOf(events, new Set(own.flatMap(({ lines }) => lines)));
  async function* lines(): AsyncGenerator<LogLine> {
    for (let copy = 0; copy < copies; copy++)
      for (const [line, { whole, brief }] of texts)
        yield {
          line: line + copy * events.length,
          text: '',
          event: eventOf(copy < WITH_BODIES ? whole : brief, copy),
        };
  }
  const contexts = Array.from({ length: total }, (_, i) =>
    contextOf(own[i % own.length]!, Math.floor(i / own.length), events.length),
  );
  const counted = contexts.reduce((sum, one) => sum + one.lines.length, 0);
  await writeContextsPage(path, {
    title: `${total} contexts`,
    note: 'found by rules',
    counts: { lines: copies * events.length, counted },
    contexts,
    lines: lines(),
  });
}

async function contextsOf(events: readonly LogLine[]): Promise<Context[]> {
  const table = await loadResourceTable();
  const stream = new ContextStream({ attributor: new Rules(), table, idle: 60e6 });
  const all = (async function* () {
    yield [...events];
  })();
  const contexts: Context[] = [];
  for await (const context of contextsOfLog(all, stream)) if (!context.background) contexts.push(context);
  return contexts;
}

/** Lines as JSON: whole, and without bodies that the page has no use for. */
function textsOf(
  events: readonly LogLine[],
  counted: ReadonlySet<number>,
): Map<number, { whole: string; brief: string }> {
  const texts = new Map<number, { whole: string; brief: string }>();
  for (const { line, event } of events) {
    if (!event || !counted.has(line)) continue;
    const { requestObject: _, responseObject: __, ...rest } = event;
    const whole = JSON.stringify(event);
    const keeps = event.verb === 'create' && whole.length < 6000;
    texts.set(line, { whole, brief: keeps ? whole : JSON.stringify(rest) });
  }
  return texts;
}

/** The same text for another copy: its namespaces and people have other names. */
const renamed = (text: string, copy: number): string =>
  text.replaceAll('pl5b0', `p${copy % 211}`).replaceAll('kubernetes-admin', `person-${copy % 89}`);
const later = (time: string, copy: number): string =>
  new Date(Date.parse(time) + copy * HOUR).toISOString().replace('Z', '000Z');

function eventOf(text: string, copy: number): AuditEvent {
  const event = JSON.parse(renamed(text, copy)) as AuditEvent;
  const { requestReceivedTimestamp, stageTimestamp, auditID } = event;
  return Object.assign(event, {
    auditID: `${auditID.slice(0, -6)}${String(copy).padStart(6, '0')}`,
    requestReceivedTimestamp: later(String(requestReceivedTimestamp), copy),
    stageTimestamp: later(String(stageTimestamp), copy),
  });
}

function contextOf(context: Context, copy: number, size: number): Context {
  const shift = copy * size;
  const copied = JSON.parse(renamed(JSON.stringify(context), copy)) as Context;
  const { causes } = context;
  return {
    ...copied,
    context: `c${context.trigger.line + shift}`,
    from: later(context.from, copy),
    to: later(context.to, copy),
    lines: context.lines.map((line) => line + shift),
    ...(causes ? { causes: causes.map((cause) => (cause === null ? null : cause + shift)) } : {}),
    trigger: {
      ...(eventOf(JSON.stringify(context.trigger), copy) as unknown as Context['trigger']),
      line: context.trigger.line + shift,
    },
  };
}
