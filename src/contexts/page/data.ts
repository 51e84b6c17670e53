import { type AuditEvent, isRecord, receivedMicros } from '../../audit/event.js';
import { microsOf } from '../../audit/time.js';
import { lineText } from '../action-text.js';
import type { Context } from '../context.js';
import { contextLine } from '../line.js';
import { RecentMap } from '../recent-map.js';
import { redactUri } from '../redact.js';
import { treeOf } from '../tree.js';
import { type Column, TextBuilder } from './columns.js';
import { objectKey } from './object-key.js';

/** What the page is made of: columns, no object a row. */
export interface PageData {
  /** What the list shows and the facets count. */
  contexts: Record<string, Column>;
  /** What else is asked of contexts, and of their lines, whose columns begin with `line.`. */
  details: Record<string, Column>;
  /** What lines say in words, some thousand lines each. */
  blocks: Record<string, Column>[];
}

/** Lines whose words are unpacked together. */
export const BLOCK = 8192;

const CONTEXT_TEXTS = [
  ...(['actor', 'user', 'verb', 'group', 'resource', 'subresource', 'namespace', 'name'] as const),
  ...(['outcome', 'text', 'agent', 'address', 'decidedBy', 'incident'] as const),
] as const;
/** Addresses are one text, a line each. */
const DETAIL_TEXTS = ['uri', 'auditID', 'stage', 'impersonated', 'addresses'] as const;
const LINE_TEXTS = [
  ...(['actor', 'user', 'verb', 'group', 'resource', 'subresource', 'namespace', 'name'] as const),
  ...(['outcome', 'object', 'impersonated'] as const),
] as const;

/** Objects whose last line is remembered, to show what an update changed. */
const OBJECTS = 50_000;

/**
 * Gathers contexts, then their lines as the log is read again, into columns.
 *
 * Lines stand in the order of the contexts and of their trees, so that a context's are those from `start` on.
 *
 * @example
 * const builder = new PageBuilder(contexts);
 * for await (const { line, event } of lines) if (event) builder.add(line, event, chunkOf(line));
 * builder.data();
 */
export class PageBuilder {
  readonly #contexts: readonly Context[];
  readonly #total: number;
  /** Row of each line of the log that is in a context. */
  readonly #rows = new Map<number, number>();
  readonly #texts: Record<(typeof LINE_TEXTS)[number], TextBuilder>;
  readonly #words: { text: TextBuilder; reason: TextBuilder };
  readonly #numbers: {
    line: Uint32Array;
    depth: Uint16Array;
    code: Uint16Array;
    micros: Float64Array;
    chunk: Int32Array;
    before: Int32Array;
  };
  readonly #bodies = new RecentMap<number>(OBJECTS);

  /** @param contexts In the order in which they are shown. */
  constructor(contexts: readonly Context[]) {
    this.#contexts = contexts;
    const total = contexts.reduce((sum, { lines }) => sum + lines.length, 0);
    this.#total = total;
    this.#texts = textBuilders(LINE_TEXTS, total);
    this.#words = textBuilders(['text', 'reason'], total);
    this.#numbers = {
      line: new Uint32Array(total),
      depth: new Uint16Array(total),
      code: new Uint16Array(total),
      micros: new Float64Array(total),
      chunk: new Int32Array(total).fill(-1),
      before: new Int32Array(total).fill(-1),
    };
    let row = 0;
    for (const context of contexts)
      for (const { line, depth, reason } of treeOf(context)) {
        this.#rows.set(line, row);
        this.#numbers.line[row] = line;
        this.#numbers.depth[row] = Math.min(depth, 65_535);
        this.#words.reason.set(row, reason);
        row++;
      }
  }

  /** Whether a line is in a context of the page. */
  has(line: number): boolean {
    return this.#rows.has(line);
  }

  /**
   * Takes a line of the log.
   *
   * @param chunk Number of the piece of the page that has its JSON; −1 when none has.
   */
  add(line: number, event: AuditEvent, chunk: number): void {
    const row = this.#rows.get(line);
    if (row === undefined) return;
    const { actor, group, resource, subresource, namespace, name, outcome, micros } = contextLine(
      event,
      line,
    );
    const object = objectKey(event);
    const texts = {
      ...{ actor, user: event.user.username ?? '', verb: event.verb, group, resource, subresource },
      ...{ namespace, name, outcome, object, impersonated: event.impersonatedUser?.username ?? '' },
    };
    for (const key of LINE_TEXTS) this.#texts[key].set(row, texts[key]);
    this.#words.text.set(row, redactUri(lineText(event)));
    this.#numbers.micros[row] = micros;
    this.#numbers.code[row] = clampCode(event);
    this.#numbers.chunk[row] = chunk;
    const { responseObject } = event;
    if (chunk < 0 || object === '' || !isRecord(responseObject) || typeof responseObject.kind !== 'string')
      return;
    // A scale is compared with the scale before, not with the deployment.
    const key = `${responseObject.kind} ${object}`;
    this.#numbers.before[row] = this.#bodies.get(key) ?? -1;
    this.#bodies.set(key, row);
  }

  data(): PageData {
    const blocks: Record<string, Column>[] = [];
    for (let from = 0; from < this.#total; from += BLOCK) {
      const to = Math.min(this.#total, from + BLOCK);
      const { text, reason } = this.#words;
      blocks.push({ text: text.column(from, to), reason: reason.column(from, to) });
    }
    const contexts = contextColumns(this.#contexts);
    const lines = { ...columnsOf(this.#texts), ...this.#numbers };
    const ofLines = Object.entries(lines).map(([name, column]) => [`line.${name}`, column]);
    return {
      contexts: contexts.shown,
      details: { ...contexts.asked, ...Object.fromEntries(ofLines) },
      blocks,
    };
  }
}

function contextColumns(contexts: readonly Context[]): Record<'shown' | 'asked', Record<string, Column>> {
  const n = contexts.length;
  const texts = textBuilders(CONTEXT_TEXTS, n);
  const asked = textBuilders(DETAIL_TEXTS, n);
  const shownNumbers = {
    id: new Uint32Array(n),
    start: new Uint32Array(n + 1),
    more: new Uint32Array(n),
    code: new Uint16Array(n),
    from: new Float64Array(n),
    took: new Float64Array(n),
    confidence: new Float64Array(n),
    background: new Uint8Array(n),
  };
  const askedNumbers = {
    received: new Float64Array(n),
    staged: new Float64Array(n),
    last: new Float64Array(n),
  };
  for (const [i, context] of contexts.entries()) {
    const { trigger } = context;
    const { objectRef } = trigger;
    const words: Record<(typeof CONTEXT_TEXTS)[number], string> = {
      actor: context.actor,
      user: trigger.user.username ?? '',
      verb: trigger.verb,
      group: objectRef?.apiGroup ?? '',
      resource: objectRef?.resource ?? '',
      subresource: objectRef?.subresource ?? '',
      namespace: objectRef?.namespace ?? '',
      name: objectRef?.name ?? '',
      outcome: context.outcome,
      text: context.text,
      agent: trigger.userAgent ?? '',
      address: String(trigger.sourceIPs?.[0] ?? ''),
      decidedBy: context.decidedBy,
      incident: context.incident ?? '',
    };
    for (const key of CONTEXT_TEXTS) texts[key].set(i, words[key]);
    asked.uri.set(i, redactUri(trigger.requestURI ?? ''));
    asked.auditID.set(i, trigger.auditID);
    asked.stage.set(i, trigger.stage);
    asked.impersonated.set(i, trigger.impersonatedUser?.username ?? '');
    asked.addresses.set(i, (trigger.sourceIPs ?? []).join('\n'));
    shownNumbers.id[i] = Number(context.context.slice(1));
    shownNumbers.start[i + 1] = shownNumbers.start[i]! + context.lines.length;
    shownNumbers.more[i] = context.more ?? 0;
    shownNumbers.code[i] = clampCode(trigger);
    shownNumbers.from[i] = microsOf(context.from);
    shownNumbers.took[i] = context.milliseconds;
    shownNumbers.confidence[i] = context.confidence ?? Number.NaN;
    shownNumbers.background[i] = context.background ? 1 : 0;
    askedNumbers.received[i] = receivedMicros(trigger);
    askedNumbers.staged[i] =
      trigger.stageTimestamp === undefined ? Number.NaN : microsOf(trigger.stageTimestamp);
    askedNumbers.last[i] = microsOf(context.to);
  }
  return {
    shown: { ...columnsOf(texts), ...shownNumbers },
    asked: { ...columnsOf(asked), ...askedNumbers },
  };
}

function textBuilders<K extends string>(names: readonly K[], rows: number): Record<K, TextBuilder> {
  return Object.fromEntries(names.map((name) => [name, new TextBuilder(rows)])) as Record<K, TextBuilder>;
}

const columnsOf = (builders: Record<string, TextBuilder>): Record<string, Column> =>
  Object.fromEntries(Object.entries(builders).map(([name, builder]) => [name, builder.column()]));

function clampCode({ responseStatus }: Pick<AuditEvent, 'responseStatus'>): number {
  const code = responseStatus?.code;
  return typeof code === 'number' && code > 0 && code < 65_536 ? Math.floor(code) : 0;
}
