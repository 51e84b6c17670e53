import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { AuditEvent } from '../../src/audit/event.js';
import { loadResourceTable, type ResourceTable } from '../../src/audit/labels.js';
import { type LogLine, readAuditLog } from '../../src/audit/read.js';
import { type Context, triggerOf } from '../../src/contexts/context.js';
import { csvRow } from '../../src/contexts/exports/csv.js';
import { LINE_FORMATS } from '../../src/contexts/exports/formats.js';
import { Places } from '../../src/contexts/exports/places.js';
import { exportLines } from '../../src/contexts/exports/write.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { readQuery } from '../../src/contexts/query/check.js';
import { evaluator } from '../../src/contexts/query/evaluate.js';
import { contextRow, lineRow } from '../../src/contexts/query/row.js';
import { redactEvent, redactLine } from '../../src/contexts/redact.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { Links } from '../../src/contexts/store/links.js';
import { Store } from '../../src/contexts/store/store.js';
import { writeStore } from '../../src/contexts/store/write-store.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { type RandomStream, randomStream } from '../../src/random.js';
import { mutate } from './mutate.js';
import { count, faultOf, type Outcome } from './outcome.js';

/** Shares of its lines that are mutated, and that say something hostile in a sound form. */
const [MUTATED, HOSTILE] = [0.2, 0.1];
const NAME = 'adverse.jsonl';
/** Repeats a line, which a store then holds once. */
const TWICE = 'twice on a line';

/** What breaks statements, terminals, spreadsheets, patterns, and looks up by name. */
const TEXTS = [
  ...[
    "'; DROP TABLE contexts; --",
    '" OR 1=1 --',
    '=cmd()',
    '+1',
    '@SUM(A1)',
    '\t=1',
    '\u001b[2J\u001b]0;x\u0007',
  ],
  ...[
    '\u202eabc',
    '__proto__',
    'constructor',
    '\ud800',
    '\u0000',
    '\u0001\u0003\u0004',
    '%s%n',
    '$1',
    '.*',
    '(a+)+$',
  ],
  ...[
    'x'.repeat(3000),
    '\uffff',
    '😀',
    'é',
    '..',
    '../../etc/passwd',
    '"',
    '\\',
    '\\"',
    '\r\n',
    '\u2028',
    '',
  ],
];
/** Asked of each log; `?` stands for one of the texts. */
const ASKED = [
  ...[
    '',
    'background',
    'lines > 2',
    'verb == ?',
    'actor == ?',
    'username != ? and name != ?',
    'not namespace == ?',
  ],
  ...[
    'text == regexp("a|e") or code >= 400',
    'any(name == ?)',
    'caused(verb == "create" and not username == ?)',
  ],
  ...[
    'any(username == ?) or exists(impersonated)',
    'from < 2026-01-01 <= to',
    'userAgent in {?, ?}',
    'groups == ?',
  ],
];

/** A sound line that says something nobody would. */
function hostile(line: string, random: RandomStream): string {
  const event = JSON.parse(line) as AuditEvent & Record<string, unknown>;
  const text = pick(TEXTS, random);
  const changes: (() => void)[] = [
    () => Object.assign(event, { objectRef: { ...event.objectRef, name: text } }),
    () => Object.assign(event, { objectRef: { ...event.objectRef, namespace: text } }),
    () => Object.assign(event, { objectRef: { ...event.objectRef, resource: text } }),
    () => Object.assign(event, { user: { ...event.user, username: text, groups: [text, text] } }),
    () => Object.assign(event, { userAgent: text, verb: text || 'get' }),
    () => Object.assign(event, { requestURI: `/api/v1/${text}`, sourceIPs: [text] }),
    () => Object.assign(event, { annotations: { [text]: text } }),
    () =>
      Object.assign(event, { responseStatus: { code: random.integer(1e6), message: text, reason: text } }),
    () => Object.assign(event, { auditID: text || 'same' }),
    () =>
      Object.assign(event, {
        requestObject: { metadata: { name: text, uid: text, labels: { [text]: text } } },
      }),
    // Time goes back, or far ahead.
    () => Object.assign(event, { requestReceivedTimestamp: '1971-01-01T00:00:00.000001Z' }),
    () => Object.assign(event, { requestReceivedTimestamp: `2${random.integer(900) + 100}-12-31T23:59:59Z` }),
  ];
  pick(changes, random)();
  return JSON.stringify(event);
}

const pick = <T>(values: readonly T[], random: RandomStream): T => values[random.integer(values.length)]!;

/** A log with what was made of it. */
interface Made {
  folder: string;
  lines: () => AsyncGenerator<LogLine>;
  counted: number;
  contexts: readonly Context[];
  links: Links;
  places: Places;
  events: ReadonlyMap<number, AuditEvent>;
  /** Texts of its events as a raw store has to give them back: without secrets, and once, but for lines that others named before they came. */
  expected: readonly string[];
  options: { level: number; partLines: number };
  random: RandomStream;
  outcome: Outcome;
}
type Step = (made: Made) => Promise<string | null>;

const ALL = readQuery('', { now: 0 });
const differs = ({ expected, events }: Made): boolean => expected.length === events.size;

async function opened<T>(folder: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await Store.open(folder);
  return await work(store).finally(() => store.close());
}

/** Puts a log into a raw store, and takes it out. */
const keptRaw: Step = async (made) => {
  const { folder, lines, links, events, expected, options, outcome } = made;
  const { lines: came, stored } = await writeStore(join(folder, 'raw'), lines(), links, {
    ...options,
    keep: 'raw',
  });
  if (came !== events.size || stored !== expected.length)
    return `${events.size} events, ${expected.length} to be kept; the store counts ${came} and ${stored}`;
  count(outcome, differs(made) ? 'logs whose lines all differ' : 'logs with lines that repeat others');
  return await opened(join(folder, 'raw'), async (store) => {
    const rest = expected.values();
    for await (const { text } of store.lines())
      if (text !== rest.next().value) return `another line came back: ${text.slice(0, 200)}`;
    count(outcome, 'lines that came back from a store', expected.length);
    return rest.next().done ? null : 'lines were lost on the way back';
  });
};

/** Each log gets one of these in turn. */
const STEPS: readonly Step[] = [
  async function again({ folder, lines, links, options, outcome }) {
    const { stored } = await writeStore(join(folder, 'raw'), lines(), links, { ...options, keep: 'raw' });
    count(outcome, 'stores that held all lines already');
    return stored === 0 ? null : `${stored} lines were put into the store twice`;
  },
  async function compact(made) {
    const { folder, lines, links, contexts, options, outcome } = made;
    await writeStore(join(folder, 'compact'), lines(), links, { ...options, keep: 'compact' });
    const kept = await opened(join(folder, 'compact'), (store) => store.count(ALL));
    const foreground = contexts.filter(({ background }) => !background).length;
    if (differs(made) && kept !== foreground)
      return `${foreground} contexts of no background, ${kept} in the compact store`;
    count(outcome, 'contexts in a compact store', kept);
    return null;
  },
  async function questions(made) {
    const { folder, contexts, events, random, outcome } = made;
    if (!differs(made)) return null;
    const rows = new Map([...events].map(([line, event]) => [line, redactEvent(event)]));
    return await opened(join(folder, 'raw'), async (store) => {
      for (const asked of ASKED) {
        const text = asked.replaceAll('?', () => JSON.stringify(pick(TEXTS, random).replace('\ud800', '')));
        const query = readQuery(text, { now: 0 });
        const test = evaluator(query);
        const told = contexts.filter((context) => {
          const { line } = context.trigger;
          const trigger = triggerOf(rows.get(line)!, line);
          const own = () =>
            context.lines.map((one) => ({ row: lineRow(rows.get(one)!), trigger: one === line }));
          return test({ row: contextRow({ ...context, trigger }), lines: own });
        }).length;
        const found = await store.count(query);
        if (found !== told) return `${text.slice(0, 200)}: ${told} contexts, ${found} by the store`;
        count(outcome, 'questions answered alike');
      }
      return null;
    });
  },
  async function exports({ lines, places, counted, outcome }) {
    for (const format of LINE_FORMATS) {
      let text = '';
      for await (const piece of exportLines(format, lines(), places)) text += piece;
      const documents = text
        .split('\n')
        .slice(0, -1)
        .map((one) => JSON.parse(one));
      const rows =
        format === 'otlp'
          ? documents
              .flatMap(({ resourceSpans }) => resourceSpans)
              .flatMap(({ scopeSpans }: { scopeSpans: { spans: unknown[] }[] }) => scopeSpans)
              .reduce((sum: number, { spans }: { spans: unknown[] }) => sum + spans.length, 0)
          : documents.length;
      if (rows !== counted) return `${counted} lines count, ${rows} are exported as ${format}`;
      count(outcome, `lines exported as ${format}`, rows);
    }
    return null;
  },
];

/**
 * The lines that a raw store keeps: a line that is there is not put in twice, unless one that is has named it, as its
 * context, its cause, or what its context goes on from.
 */
function keptOf(log: readonly LogLine[], links: Links): string[] {
  const kept: string[] = [];
  const [seen, named] = [new Set<string>(), new Set<number | null>()];
  for (const { line, text, event } of log) {
    if (!event) continue;
    const shown = redactLine(text, event);
    if (seen.has(shown) && !named.has(line)) continue;
    kept.push(shown);
    seen.add(shown);
    const goesOn = links.noteOf(line)?.continues;
    for (const other of [links.contextOf(line), links.causeOf(line), Number(goesOn?.slice(1) ?? line)])
      if (other !== line) named.add(other);
  }
  return kept;
}

/** What is wrong with what becomes of a log, or null. */
async function faultOfLog(
  log: readonly LogLine[],
  table: ResourceTable,
  made: Pick<Made, 'folder' | 'options' | 'random' | 'outcome'>,
  step: Step,
): Promise<string | null> {
  const lines = async function* (): AsyncGenerator<LogLine> {
    yield* log;
  };
  const stream = new ContextStream({ attributor: new Rules(), table });
  const [links, places] = [new Links(), new Places()];
  const contexts: Context[] = [];
  for await (const context of contextsOfLog(lines(), stream)) {
    contexts.push(JSON.parse(JSON.stringify(context)));
    links.add(context);
    places.add(context);
    if (!csvRow(context).endsWith('\r\n')) return `a row of CSV without an end: ${context.context}`;
  }
  const held = contexts.reduce((sum, { lines, more = 0 }) => sum + lines.length + more, 0);
  const { counted } = stream.counts;
  if (held !== counted) return `${counted} lines count, ${held} are in contexts`;
  const events = new Map(log.flatMap(({ line, event }) => (event ? [[line, event] as const] : [])));
  const expected = keptOf(log, links);
  const all: Made = { ...made, lines, counted, contexts, links, places, events, expected };
  return (await keptRaw(all)) ?? (await step(all));
}

/**
 * Puts logs in which lines are mutated or hostile through contexts and a raw store, from which every event comes back in order, once, byte for byte
 * but for what is redacted; and in turn: the same log again, of which nothing is new; a compact store, which has every context of no
 * background; questions, which are answered as by the plain evaluator; exports, which have a row for each line that counts.
 *
 * @param lines How many lines in all.
 * @param size Lines of a log.
 * @param minutes After which no other log is begun.
 */
export async function adverseStores({
  seed,
  lines,
  size: most = 6000,
  minutes = Number.POSITIVE_INFINITY,
}: {
  seed: number;
  lines: number;
  size?: number;
  minutes?: number;
}): Promise<Outcome> {
  const outcome: Outcome = {
    family: 'mutated and hostile lines through contexts, stores, questions and exports',
    ...{ tried: 0, ends: {}, failures: [] },
  };
  const sound = gunzipSync(readFileSync('datasets/first-light/audit.jsonl.gz')).toString('utf8').trimEnd();
  // Half of the logs have no bodies, as at level Metadata.
  const known = sound.split('\n');
  const poor = known.map((line) => {
    const { requestObject: _, responseObject: __, ...event } = JSON.parse(line) as AuditEvent;
    return JSON.stringify({ ...event, level: 'Metadata' });
  });
  const table = await loadResourceTable();
  const end = performance.now() + minutes * 60_000;
  for (let log = 0; outcome.tried < lines && performance.now() < end; log++) {
    const random = randomStream(seed, `stores/${log}`);
    const size = Math.min(most, lines - outcome.tried);
    const from = random.integer(known.length);
    const pieces: Buffer[] = [];
    for (let i = 0; i < size; i++) {
      const own = (log % 8 < 4 ? known : poor)[(from + i) % known.length]!;
      const line = own.replace(/"auditID":"[^"]*"/, `"auditID":"sound-${i}"`);
      const draw = random.next();
      if (draw < HOSTILE) pieces.push(Buffer.from(hostile(line, random)));
      else if (draw < HOSTILE + MUTATED) {
        const { name, bytes } = mutate(Buffer.from(line), random);
        pieces.push(name === TWICE && log % 3 > 0 ? Buffer.from(line) : bytes);
      } else pieces.push(Buffer.from(line));
      pieces.push(Buffer.from('\n'));
    }
    outcome.tried += size;
    const folder = mkdtempSync(join(tmpdir(), 'adverse-'));
    const options = { level: 1, partLines: Math.ceil(size / (1 + random.integer(5))) };
    try {
      const read: LogLine[] = [];
      for await (const line of readAuditLog(Readable.from(pieces), { name: NAME, skipInvalid: true }))
        read.push(line);
      const made = { folder, options, random, outcome };
      const fault = await faultOfLog(read, table, made, STEPS[log % STEPS.length]!);
      if (fault) outcome.failures.push(`log ${log}: ${fault}`);
    } catch (error) {
      const fault = faultOf(error, [`${NAME}:`]);
      if (fault) outcome.failures.push(`log ${log}: ${fault}`);
      else
        count(
          outcome,
          `logs that cannot be read as a whole: ${(error as Error).message.replaceAll(/:\d+|\d+/g, 'N').slice(0, 90)}`,
        );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return outcome;
}
