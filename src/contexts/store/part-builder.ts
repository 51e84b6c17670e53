import type { AuditEvent } from '../../audit/event.js';
import { actionText } from '../action-text.js';
import { contextId } from '../context.js';
import { lineRow } from '../query/row.js';
import {
  CLIENT_COLUMNS,
  columnsOf,
  difference,
  groupOf,
  kindOf,
  LINE_COLUMNS,
  likeOf,
  type StoredRow,
  stagedOf,
  WHOLE,
  withMarks,
} from './columns.js';
import type { Database } from './database.js';
import type { Keep } from './keep.js';
import type { KnownLine } from './known-lines.js';
import type { ContextNote } from './links.js';
import type { Part } from './manifest.js';
import { PartWriter } from './part-writer.js';
import { REPEATS } from './repeats.js';
import { Cutter } from './shape.js';
import { Streams } from './streams.js';

/** A line on its way into a store. */
export interface NewLine {
  text: string;
  event: AuditEvent;
  /** As it came in, with whatever was redacted. */
  original: AuditEvent;
  identity: string;
  micros: number;
  /** In the store. */
  number: number;
  /** Whether an earlier part has it, and it comes again as the head of a context that has grown. */
  retold: boolean;
  /** The number of its context, and the line of the log that triggers it. */
  context: number | null;
  trigger: number | null;
  /** Of a triggering line. */
  note?: ContextNote | undefined;
  cause: number | null;
  why: string | null;
}

/** Of a triggering line: what is known of its context. */
export const CONTEXT_COLUMNS = {
  lines: 'INTEGER',
  /** Microseconds from the triggering line's request, and from its end, where it is not the same time. */
  first: 'BIGINT',
  last: 'BIGINT',
  confidence: 'DOUBLE',
  background: 'BOOLEAN',
  /** `\u0003` stands for the name, `\u0004` for the namespace. */
  words: 'VARCHAR',
  /** Five integers, JSON. */
  label: 'VARCHAR',
  decided_by: 'VARCHAR',
  incident: 'VARCHAR',
  continues: 'VARCHAR',
} as const;
/**
 * What a compact store keeps of the lines that a context caused: how many are alike. A context has them as one text, which other contexts
 * often have too: items behind `\u0002`, each a kind, a count, and the namespace where it is not the triggering one's, behind `\u0001`.
 */
export const EFFECT_COLUMNS = { context: 'INTEGER', effects: 'VARCHAR' } as const;
export const EFFECT_KIND_COLUMNS = {
  effect: 'INTEGER',
  verb: 'VARCHAR',
  username: 'VARCHAR',
  api_group: 'VARCHAR',
  resource: 'VARCHAR',
  subresource: 'VARCHAR',
  code: 'DOUBLE',
  outcome: 'VARCHAR',
} as const;
export const STREAM_COLUMNS = { path: 'VARCHAR', data: 'VARCHAR' } as const;

/** Gathers the lines of one part. */
export class PartBuilder {
  readonly #writer: PartWriter;
  readonly #keep: Keep;
  readonly #clients = new Map<string, number>();
  readonly #streams = new Streams();
  readonly #cutter = new Cutter(this.#streams, WHOLE);
  readonly #order = {
    shapes: this.#streams.of(' lines #'),
    tables: this.#streams.of(' lines in'),
    steps: this.#streams.of(' lines +'),
  };
  readonly #identities = new Map<string, KnownLine>();
  /** Of a compact store: triggering lines, which wait for their effects; how often a context has a kind in a namespace. */
  readonly #triggers: { row: StoredRow; trigger: number | null }[] = [];
  readonly #numberOf: (line: number) => number;
  readonly #effects = new Map<number | null, Map<string, Effect>>();
  readonly #kinds = new Map<string, StoredRow>();
  readonly #part = {
    numbers: [Number.POSITIVE_INFINITY, -1],
    received: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  };
  #contexts = 0;
  #previous = 0;
  /** Contexts of earlier parts that are told anew, and their lines. */
  readonly retold = new Map<number, number>();
  lines = 0;
  bytes = 0;
  /** Above every number of its lines. */
  next = 0;

  private constructor(writer: PartWriter, keep: Keep, numberOf: (line: number) => number) {
    this.#writer = writer;
    this.#keep = keep;
    this.#numberOf = numberOf;
  }

  /** @param options.numberOf The number in the store of a line of the log. */
  static async open(
    database: Database,
    { keep, level, numberOf }: { keep: Keep; level: number; numberOf: (line: number) => number },
  ): Promise<PartBuilder> {
    const writer = new PartWriter(database, level);
    await writer.table('triggers', {
      ...LINE_COLUMNS,
      ...CONTEXT_COLUMNS,
      ...(keep === 'compact' ? { effects: 'VARCHAR' as const } : {}),
    });
    if (keep === 'compact') {
      await writer.table('effects', EFFECT_COLUMNS);
      await writer.table('kinds', EFFECT_KIND_COLUMNS);
    } else await writer.table('caused', LINE_COLUMNS);
    await writer.table('clients', CLIENT_COLUMNS);
    await writer.table('streams', STREAM_COLUMNS);
    return new PartBuilder(writer, keep, numberOf);
  }

  /** Whether it should be finished: what it holds beside lines is long, or much. */
  get full(): boolean {
    return this.#streams.full;
  }

  find(identity: string): KnownLine | undefined {
    return this.#identities.get(identity);
  }

  async add(line: NewLine): Promise<void> {
    const { event, number, micros, context, note } = line;
    this.lines++;
    this.bytes += Buffer.byteLength(line.text) + 1;
    this.next = Math.max(this.next, number + 1);
    if (line.retold) this.retold.set(context!, note?.lines ?? 0);
    else {
      const { numbers, received } = this.#part;
      [numbers[0], numbers[1]] = [Math.min(numbers[0]!, number), Math.max(numbers[1]!, number)];
      [received[0], received[1]] = [Math.min(received[0]!, micros), Math.max(received[1]!, micros)];
      if (this.#keep !== 'compact' || note)
        this.#identities.set(line.identity, { line: number, context, ...(note ? { told: note.lines } : {}) });
    }
    if (this.#keep === 'compact' && !note) return this.#effect(event, line.trigger);
    const { row, client, known } = columnsOf(event);
    let id = this.#clients.get(client.key);
    if (id === undefined) {
      id = this.#clients.size;
      this.#clients.set(client.key, id);
      await this.#writer.add('clients', { client: id, ...client.row });
    }
    row.context = context;
    row.client = id;
    row.cause = line.cause;
    row.why = line.why;
    const group = groupOf(row, this.#keep);
    const kind = kindOf(row, group);
    this.#order.shapes.push(this.#cutter.cut(line.text, known, group, likeOf(row, group, kind)));
    this.#order.tables.push(note ? 't' : 'c');
    this.#order.steps.push(String(number - this.#previous));
    this.#previous = number;
    if (!note) return await this.#writer.add('caused', row);
    this.#contexts++;
    const whole = {
      ...row,
      ...contextColumns(row, note, line.original),
      continues: this.#nameOf(note.continues),
    };
    if (this.#keep !== 'compact') return await this.#writer.add('triggers', whole);
    // What a model named it is nothing that happened.
    this.#triggers.push({ row: { ...whole, label: null }, trigger: line.trigger });
  }

  /** Forgets what was counted of a context before its triggering line was seen to be one that the store has: it has them too. */
  forget(trigger: number): void {
    this.#effects.delete(trigger);
  }

  async finish(dir: string, name: string): Promise<{ part: Part; identities: Map<string, KnownLine> }> {
    for (const { row, trigger } of this.#triggers) {
      const effects = this.#effects.get(trigger);
      this.#effects.delete(trigger);
      await this.#writer.add('triggers', {
        ...row,
        effects: effects ? textOfEffects(effects, row.namespace as string | null) : null,
      });
    }
    for (const [trigger, effects] of this.#effects)
      await this.#writer.add('effects', {
        context: trigger === null ? null : this.#numberOf(trigger),
        effects: textOfEffects(effects, undefined),
      });
    for (const row of this.#kinds.values()) await this.#writer.add('kinds', row);
    // Streams of like fields side by side: those whose paths end alike.
    const ending = (path: string): string => path.replaceAll('[]', '').split('.').reverse().join('.');
    const paths = this.#streams.paths.map((path) => [ending(path), path] as const);
    paths.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    await this.#writer.add('streams', { path: ' shapes', data: this.#streams.shapes.join('\n') });
    await this.#writer.add('streams', { path: REPEATS, data: '' });
    for (const stream of this.#streams.take(paths.map(([, path]) => path)))
      await this.#writer.add('streams', { ...stream });
    const files = await this.#writer.finish(dir, name);
    const { numbers, received } = this.#part;
    const retoldOnly = numbers[1] === -1;
    const part: Part = {
      name,
      lines: this.lines - this.retold.size,
      contexts: this.#contexts - this.retold.size,
      numbers: retoldOnly ? [0, -1] : (numbers as [number, number]),
      received: retoldOnly ? [0, -1] : (received as [number, number]),
      textBytes: this.bytes,
      files,
      superseded: [],
      retold: [...this.retold],
    };
    return { part, identities: this.#identities };
  }

  /** A context of the log as the store names it. */
  #nameOf(context: string | undefined): string | undefined {
    return context === undefined ? undefined : contextId(this.#numberOf(Number(context.slice(1))));
  }

  #effect(event: AuditEvent, trigger: number | null): void {
    const { verb, username, api_group, resource, subresource, namespace, code, outcome } = lineRow(event);
    const kind = { verb, username, api_group, resource, subresource, code, outcome };
    const name = JSON.stringify(kind);
    const effect = this.#kinds.get(name)?.effect ?? this.#kinds.size;
    this.#kinds.set(name, { effect, ...kind });
    const own = this.#effects.get(trigger) ?? new Map<string, Effect>();
    this.#effects.set(trigger, own);
    const key = `${effect} ${namespace}`;
    const found = own.get(key);
    if (found) found.count++;
    else own.set(key, { effect: effect as number, namespace: namespace as string | null, count: 1 });
  }
}

interface Effect {
  effect: number;
  namespace: string | null;
  count: number;
}

/** @param known The namespace that is left away; undefined for none. */
function textOfEffects(effects: ReadonlyMap<string, Effect>, known: string | null | undefined): string {
  const place = (namespace: string | null): string =>
    namespace === known
      ? ''
      : `\u0001${(namespace ?? '').replaceAll('\u0001', '\ufffd').replaceAll('\u0002', '\ufffd')}`;
  return [...effects.values()]
    .map(({ effect, namespace, count }) => `${effect}\u0001${count}${place(namespace)}`)
    .join('\u0002');
}

function contextColumns(row: StoredRow, note: ContextNote, event: AuditEvent): StoredRow {
  const { lines, from, to, confidence, background, label, decidedBy, incident } = note;
  const received = row.received as number;
  const end = Math.max(received, stagedOf(row) ?? received);
  return {
    lines,
    first: from === received ? null : difference(from, received),
    last: to === end ? null : difference(to, end),
    confidence,
    background,
    words: withMarks(actionText(event), row),
    label: label === null ? null : JSON.stringify(label),
    decided_by: decidedBy,
    incident,
  };
}
