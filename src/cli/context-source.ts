import type { AuditEvent } from '../audit/event.js';
import { loadResourceTable } from '../audit/labels.js';
import { findLogs } from '../audit/logs.js';
import { noEvents } from '../audit/no-events.js';
import { logAt, openLog } from '../audit/open-log.js';
import type { LogLine } from '../audit/read.js';
import { Reasons } from '../audit/reasons.js';
import { SeenLines } from '../audit/seen-lines.js';
import { TextParts } from '../audit/wrappings/text-parts.js';
import type { Context } from '../contexts/context.js';
import { FromModel } from '../contexts/from-model.js';
import { METHODS, readMethods } from '../contexts/labels/methods.js';
import { contextsOfLog, type OfLogOptions } from '../contexts/of-log.js';
import { Rules } from '../contexts/rules/rules.js';
import type { Tail } from '../contexts/store/tail.js';
import { ContextStream } from '../contexts/stream.js';
import { HOLD } from '../contexts/time-order.js';
import { WithRules } from '../contexts/with-rules.js';
import { AuditweaveError } from '../errors.js';
import { followStream } from '../files/follow.js';
import { SmallHeap } from '../heap.js';
import { labelBatches } from '../labeling/labeler.js';
import { openPredictor } from '../model/kinds.js';
import { joinRows } from './label-rows.js';
import { say } from './output.js';
import { FirstFault, readUntil } from './read-until.js';

export interface SourceOptions {
  /** Logs in order; `-` is standard input. */
  files: readonly string[];
  /** Folder of a model, or `rules`. Default: the model of the package, unless there are `labels`. */
  model?: string | undefined;
  /** File of rows, as `label` writes them, or a dataset's truth. */
  labels?: string | undefined;
  /** The paper's methods, where only labels are known. */
  methods: readonly string[];
  /** Seconds without a line after which a context is closed. */
  idle: number;
  skipInvalid?: boolean;
  /** Milliseconds without a line after which a growing log is not waited for. */
  silence?: number | undefined;
  /** Whether the file is waited on for more, as it grows and is rotated. Default false. */
  follow?: boolean;
  /** Ends the log where it is: what is open then is closed. */
  signal?: AbortSignal | undefined;
  /** Which lines are taken. Default all. */
  takes?: (line: number) => boolean;
  /** Lines that stand in front of the logs. */
  before?: Pick<Tail, 'lines' | 'holds'> | undefined;
  /** Told of how many lines are read. */
  onLines?: (count: number) => void;
  /** Told of the lines that are taken, as they are read. */
  onRead?: (lines: readonly LogLine[]) => void;
  /** Whether contexts say in words why a line belongs to them. Default false: by a word. */
  explain?: boolean;
  /** Told of each line, from 0, and of the line that came first of its context, which no other context has. */
  assigned?: (line: number, context: number, event: AuditEvent) => void;
}

/** Contexts between two looks at the heap. */
const CONTEXTS = 256;

/** In place of a model's folder: rules decide alone. */
export const RULES = 'rules';

/** A log as contexts, by whatever was asked for. */
export interface ContextSource {
  contexts: AsyncGenerator<Context>;
  stream: ContextStream;
  /** How many lines could not be read or do not count, and why, where there is something to tell. */
  unread(): string | null;
  /** Who decides, in a sentence. */
  note: string;
  /** @throws {MismatchError} A log that is followed ended at a line that cannot be read, after all before it. */
  tellFault(): void;
  release(): Promise<void>;
}

/**
 * Opens a log as contexts: by a model, by rows that one gave before, or by rules alone.
 *
 * @throws {AuditweaveError} There is no such model, or a method is unknown, or some are asked of one that has no use for them.
 */
export async function openContexts(options: SourceOptions): Promise<ContextSource> {
  const { model, labels, silence, idle, assigned, explain = false, follow = false } = options;
  const table = await loadResourceTable();
  const methods = readMethods(options.methods);
  const heap = new SmallHeap();
  const alone = model === RULES;
  const predictor =
    alone || (model === undefined && labels !== undefined) ? null : await openPredictor(model, { explain });
  if (methods.length < METHODS.length && (alone || predictor?.heeds.includes('explain'))) {
    await predictor?.release();
    throw new AuditweaveError(
      `contexts: expected --methods with a model that gives labels only, got ${alone ? 'rules' : 'one that names causes'}.`,
      { hint: 'Leave --methods out.' },
    );
  }
  const predict: OfLogOptions['predict'] = predictor
    ? (lines) =>
        heap.along(
          labelBatches(lines, {
            predictor,
            table,
            ...(silence === undefined ? {} : { silence }),
            ...(follow ? { wait: HOLD } : {}),
          }),
        )
    : labels === undefined || alone
      ? undefined
      : (lines) => joinRows(lines, labels);
  const attributor = predict ? new WithRules(new FromModel(table, methods)) : new Rules();
  const stream = new ContextStream({
    attributor,
    table,
    idle: idle * 1e6,
    live: follow,
    ...(assigned ? { assigned } : {}),
  });
  const onPassedOver = (told: string): void => say(`contexts: ${told}.\n`);
  const fault = new FirstFault();
  const batches = readLogBatches({ ...options, onPassedOver });
  const lines = heap.along(follow ? fault.until(batches) : batches);
  return {
    contexts: heap.along(
      contextsOfLog(lines, stream, {
        ...(predict ? { predict } : {}),
        ...(silence === undefined ? {} : { silence }),
      }),
      CONTEXTS,
    ),
    stream,
    unread: () => unreadOf(stream.counts, options.before?.lines.length ?? 0),
    note:
      predictor !== null
        ? `found by ${model === undefined ? 'the model that comes with auditweave' : `the model ${model}`}, and rules for what stands between`
        : predict && labels !== undefined
          ? `found by the rows of ${labels}, and rules for what stands between`
          : 'found by rules (identity, ownership, namespaces, time), not by a model; what they cannot tell stands alone',
    tellFault: () => fault.tell(),
    release: async () => await predictor?.release(),
  };
}

/** @param before Lines that stood in front of the logs, of which all count. */
function unreadOf({ lines: all, skipped, invalid }: ContextStream['counts'], before: number): string | null {
  const lines = all - before;
  if (invalid > 0) return `${invalid} of ${lines} lines could not be read. Not counted: ${skipped}.`;
  return skipped.total === 0 ? null : `${skipped.total} of ${lines} lines do not count: ${skipped}.`;
}

/**
 * The lines of logs one after another, in order of their first events, numbered through.
 *
 * @throws {AuditweaveError} No line of them is an audit event.
 */
export async function* readLogs(
  options: Pick<
    SourceOptions,
    'files' | 'skipInvalid' | 'takes' | 'onLines' | 'follow' | 'signal' | 'before'
  >,
): AsyncGenerator<LogLine> {
  for await (const lines of readLogBatches(options)) for (const line of lines) yield line;
}

/** The same lines, those together that came together. */
async function* readLogBatches({
  files,
  skipInvalid = false,
  takes,
  onLines,
  onRead,
  follow = false,
  signal,
  onPassedOver,
  before,
}: Parameters<typeof readLogs>[0] & {
  onRead?: SourceOptions['onRead'];
  onPassedOver?: (told: string) => void;
}): AsyncGenerator<LogLine[]> {
  if (before) yield before.lines.map((line) => ({ ...line }));
  let next = before?.lines.length ?? 0;
  let events = 0;
  const others = new Reasons();
  const found = await findLogs(files, onPassedOver);
  if (follow && found.length > 1)
    throw new AuditweaveError(`contexts: expected --follow on one log, got ${found.length} in ${files[0]}.`, {
      hint: `Name the one that grows: auditweave contexts ${found.at(-1)} --follow`,
    });
  const parts = new TextParts();
  const seen = new SeenLines();
  for (const file of found) {
    if (signal?.aborted) return;
    const { source, name } = logAt(file, follow ? (path) => followStream(path, { signal }) : openLog);
    for await (const lines of readUntil(signal, source, {
      name,
      skipInvalid,
      parts,
      last: file === found.at(-1),
    })) {
      onLines?.(lines.length);
      for (const line of lines) {
        line.line = next++;
        if (line.event && seen.has(line.event, line.text.length)) {
          line.event = null;
          line.skipped = 'the same line once more';
        }
        if (line.event) events++;
        else others.add(line.skipped ?? '');
      }
      const own = before ? lines.filter((line) => !before.holds(line)) : lines;
      const taken = takes ? own.filter(({ line }) => takes(line)) : own;
      onRead?.(taken);
      yield taken;
    }
  }
  if (events === 0 && !signal?.aborted)
    throw noEvents(`audit: expected audit events, got none in ${next} lines`, others);
}
