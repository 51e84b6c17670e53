import { type AuditEvent, receivedMicros } from '../../audit/event.js';
import { lineText } from '../action-text.js';
import { type Context, endMicros } from '../context.js';
import { contextLine } from '../line.js';
import { RecentMap } from '../recent-map.js';
import { treeOf } from '../tree.js';
import { type Column, numberColumn, TextBuilder } from './columns.js';

/** What the page is made of: columns, no object a row. */
export interface PageData {
  /** Name of the log. */
  title: string;
  /** Who found the contexts, in a sentence. */
  note: string;
  /** Lines of the log, and those that count. */
  counts: { lines: number; counted: number };
  contexts: Record<string, Column>;
  lines: Record<string, Column>;
  /** Contexts with lines that are not listed, and those of incidents: row → words. */
  more: Record<number, number>;
  incidents: Record<number, string>;
}

const CONTEXT_TEXTS = [
  'actor',
  'user',
  'verb',
  'group',
  'resource',
  'subresource',
  'namespace',
  'name',
  'outcome',
  'text',
  'agent',
  'address',
  'uri',
  'auditID',
  'stage',
  'decidedBy',
] as const;
const LINE_TEXTS = [
  'actor',
  'verb',
  'resource',
  'subresource',
  'namespace',
  'name',
  'outcome',
  'text',
  'reason',
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
 * builder.data({ title, note, counts });
 */
export class PageBuilder {
  readonly #contexts: readonly Context[];
  readonly #total: number;
  /** Row of each line of the log that is in a context. */
  readonly #rows = new Map<number, number>();
  readonly #texts: Record<(typeof LINE_TEXTS)[number], TextBuilder>;
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
        this.#texts.reason.set(row, reason);
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
    const { actor, resource, subresource, namespace, name, outcome, micros } = contextLine(event, line);
    const texts = {
      actor,
      verb: event.verb,
      resource,
      subresource,
      namespace,
      name,
      outcome,
      text: lineText(event),
    };
    for (const [key, text] of Object.entries(texts)) this.#texts[key as keyof typeof texts].set(row, text);
    this.#numbers.micros[row] = micros;
    this.#numbers.code[row] = clampCode(event);
    this.#numbers.chunk[row] = chunk;
    if (chunk < 0 || event.responseObject === undefined || name === '' || event.verb === 'list') return;
    const key = `${resource}/${namespace}/${name}`;
    this.#numbers.before[row] = this.#bodies.get(key) ?? -1;
    this.#bodies.set(key, row);
  }

  data(about: Pick<PageData, 'title' | 'note' | 'counts'>): PageData {
    const contexts = this.#contexts;
    const n = contexts.length;
    const texts = textBuilders(CONTEXT_TEXTS, n);
    const id = new Uint32Array(n);
    const start = new Uint32Array(n + 1);
    const code = new Uint16Array(n);
    const from = new Float64Array(n);
    const took = new Float64Array(n);
    const received = new Float64Array(n);
    const staged = new Float64Array(n);
    const confidence = new Float32Array(n);
    const background = new Uint8Array(n);
    const more: Record<number, number> = {};
    const incidents: Record<number, string> = {};
    contexts.forEach((context, i) => {
      const { trigger } = context;
      const { objectRef } = trigger;
      const all = {
        ...{ actor: context.actor, user: trigger.user.username ?? '', verb: trigger.verb },
        ...{
          group: objectRef?.apiGroup ?? '',
          resource: objectRef?.resource ?? '',
          subresource: objectRef?.subresource ?? '',
        },
        ...{
          namespace: objectRef?.namespace ?? '',
          name: objectRef?.name ?? '',
          outcome: context.outcome,
          text: context.text,
        },
        ...{
          agent: trigger.userAgent ?? '',
          address: String(trigger.sourceIPs?.[0] ?? ''),
          uri: trigger.requestURI ?? '',
        },
        ...{ auditID: trigger.auditID, stage: trigger.stage, decidedBy: context.decidedBy },
      };
      for (const [key, text] of Object.entries(all)) texts[key as keyof typeof all].set(i, text);
      id[i] = Number(context.context.slice(1));
      start[i + 1] = start[i]! + context.lines.length;
      code[i] = clampCode(trigger);
      from[i] = Date.parse(context.from) * 1000;
      took[i] = context.milliseconds;
      received[i] = receivedMicros(trigger);
      staged[i] = endMicros(trigger, received[i]!);
      confidence[i] = context.confidence ?? Number.NaN;
      background[i] = context.background ? 1 : 0;
      if (context.more) more[i] = context.more;
      if (context.incident !== undefined) incidents[i] = context.incident;
    });
    return {
      ...about,
      contexts: {
        ...columnsOf(texts),
        ...numberColumns({ id, start, code, from, took, received, staged, confidence, background }),
      },
      lines: { ...columnsOf(this.#texts), ...numberColumns(this.#numbers) },
      more,
      incidents,
    };
  }

  /** Lines in all. */
  get total(): number {
    return this.#total;
  }
}

function textBuilders<K extends string>(names: readonly K[], rows: number): Record<K, TextBuilder> {
  return Object.fromEntries(names.map((name) => [name, new TextBuilder(rows)])) as Record<K, TextBuilder>;
}

const columnsOf = (builders: Record<string, TextBuilder>): Record<string, Column> =>
  Object.fromEntries(Object.entries(builders).map(([name, builder]) => [name, builder.column()]));

const numberColumns = (arrays: Record<string, Parameters<typeof numberColumn>[0]>): Record<string, Column> =>
  Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, numberColumn(values)]));

function clampCode({ responseStatus }: Pick<AuditEvent, 'responseStatus'>): number {
  const code = responseStatus?.code;
  return typeof code === 'number' && code > 0 && code < 65_536 ? Math.floor(code) : 0;
}
