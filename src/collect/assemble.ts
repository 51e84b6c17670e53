import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type AuditEvent, parseEvent } from '../audit/event.js';
import { skipReason } from '../audit/filter.js';
import { type Label, labelOf } from '../audit/labels.js';
import { loadResourceTable, type ResourceTable } from '../audit/table.js';
import type { ActionRow } from '../dataset/actions.js';
import type { Agreement } from '../dataset/agreement.js';
import { LineFile } from '../dataset/line-file.js';
import type { Manifest } from '../dataset/manifest.js';
import { PAPER_LINES, paperSize } from '../dataset/paper-size.js';
import { AuditweaveError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import { readRows } from '../files/rows.js';
import { Tail } from '../files/tail.js';
import { countAgreement, mergeAgreement } from './agreement.js';
import { type Attribution, attribute } from './attribution/attribute.js';
import type { TracedRequest } from './capture/proxy.js';
import type { CaptureInfo } from './capture/run.js';
import { readCarried } from './propagation/carried.js';
import { type Propagation, propagate } from './propagation/propagate.js';
import { checkClean, redact } from './redact.js';

export interface AssembleOptions {
  /** Folder of the dataset. */
  out: string;
  /** Folders of captures, in the order in which they stand in the dataset. */
  captures: readonly string[];
  name: string;
  title: string;
  folds?: NonNullable<Manifest['folds']>;
  /** How many commands of each capture are kept, from its start, as if it had been stopped then. Default: all. */
  commands?: readonly number[];
  tools: Record<string, string>;
}

/** What a line adds to the dataset's counts. */
interface Tally {
  lines: number;
  completed: number;
  background: number;
  disputed: number;
  contexts: Set<string>;
  userContexts: Set<string>;
  labels: Set<string>;
}

/**
 * Makes a dataset of captures: log, truth, actions and manifest. The card is written by hand.
 *
 * @throws {AuditweaveError} A capture is not finished, or a fold names one that is not there.
 * @throws {MismatchError} A line holds a secret or a machine path.
 */
export async function assembleDataset(options: AssembleOptions): Promise<Manifest> {
  const infos = options.captures.map(readInfo);
  checkFolds(
    options.folds ?? {},
    infos.map(({ id }) => id),
  );
  const files = {
    audit: await LineFile.open(options.out, 'audit.jsonl.gz'),
    truth: await LineFile.open(options.out, 'truth.jsonl.gz'),
    actions: await LineFile.open(options.out, 'actions.jsonl'),
  };
  try {
    return await assemble(options, infos, files);
  } catch (error) {
    for (const file of Object.values(files)) await file.abort();
    throw error;
  }
}

async function assemble(
  options: AssembleOptions,
  infos: readonly CaptureInfo[],
  files: Record<'audit' | 'truth' | 'actions', LineFile>,
): Promise<Manifest> {
  const table = await loadResourceTable();
  const tallies: Tally[] = [];
  let actions = 0;
  const distinct = new Set<string>();
  let agreement: Agreement = {};
  const counted: { capture: string; line: number }[] = [];
  let offset = 0;
  for (const [position, folder] of options.captures.entries()) {
    const info = infos[position]!;
    const all = readRows<ActionRow>(join(folder, 'actions.jsonl')).sort((a, b) => a.start - b.start);
    const rows = all.slice(0, options.commands?.[position]);
    const until = all[rows.length]?.start;
    if (until !== undefined) info.seconds = Math.round((until - all[0]!.start) / 1000);
    const { attributions, labels, counts, heads } = attributeCapture(folder, info.id, rows, table, until);
    agreement = mergeAgreement(agreement, countAgreement(attributions, info.mode));
    const tally = newTally();
    const started = new Map<string, Set<string>>();
    let line = 0;
    const first = offset;
    const inLog = (position: number): number => first + position;
    for (const text of new Tail(join(folder, 'audit.jsonl'), 0).read()) {
      const at = attributions[line];
      if (!at) break;
      const clean = redact(text);
      checkClean(clean, join(folder, 'audit.jsonl'), line + 1);
      await files.audit.write(clean);
      const { auditID, stage } = heads[line]!;
      const label = labels[at.trigger]!;
      await files.truth.write(
        JSON.stringify({
          line: offset + line,
          auditID,
          stage,
          capture: info.id,
          label,
          context: at.context,
          trigger: at.trigger === line,
          background: at.background,
          how: at.how,
          disputed: at.disputed,
          ...(at.causes ? { causes: at.causes.map(inLog), roots: at.roots?.map(inLog) } : {}),
        }),
      );
      addTo(tally, at, label, counts[line]!);
      if (at.command && at.how === 'direct')
        started.set(at.command, (started.get(at.command) ?? new Set()).add(at.context));
      if (counts[line] && label) counted.push({ capture: info.id, line: offset + line });
      line++;
    }
    for (const { firstLine: _, ...row } of rows) {
      distinct.add(row.action);
      await files.actions.write(JSON.stringify({ ...row, contexts: [...(started.get(row.id) ?? [])] }));
    }
    actions += rows.length;
    tallies.push(tally);
    offset += line;
  }
  const sum = (count: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + count(tally), 0);
  const manifest = {
    name: options.name,
    title: options.title,
    licence: 'Apache-2.0',
    kubernetes: [...new Set(infos.map(({ kubernetes }) => kubernetes))].join(', '),
    policy: [
      ...new Set(infos.map(({ policy }) => policy ?? 'RequestResponse for every request, all stages')),
    ].join('; '),
    ...(options.captures.every((folder) => existsSync(join(folder, 'causes')))
      ? { truth: 'propagation' as const }
      : {}),
    nodes: Math.max(...infos.map(({ nodes }) => nodes.length)) + 1,
    seed: typeof infos[0]?.seed === 'number' ? infos[0].seed : null,
    captures: infos.map((info, i) => ({
      id: info.id,
      people: info.people.length,
      kubernetes: info.kubernetes,
      mode: info.mode,
      shared: info.shared,
      seed: info.seed,
      seconds: info.seconds,
      lines: tallies[i]!.lines,
      completed: tallies[i]!.completed,
    })),
    files: {
      'audit.jsonl.gz': await files.audit.close(),
      'truth.jsonl.gz': await files.truth.close(),
      'actions.jsonl': await files.actions.close(),
    },
    counts: {
      lines: offset,
      completed: sum(({ completed }) => completed),
      counted: counted.length,
      actions,
      distinctActions: distinct.size,
      contexts: sum(({ contexts }) => contexts.size),
      userContexts: sum(({ userContexts }) => userContexts.size),
      backgroundLines: sum(({ background }) => background),
      disputedLines: sum(({ disputed }) => disputed),
      labels: new Set(tallies.flatMap(({ labels }) => [...labels])).size,
    },
    ...(options.folds ? { folds: options.folds } : {}),
    ...(counted.length >= PAPER_LINES ? { selections: paperSize(counted) } : {}),
    agreement,
    tools: options.tools,
  };
  await writeFileAtomic(join(options.out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

function readInfo(folder: string): CaptureInfo {
  const info = JSON.parse(readFileSync(join(folder, 'capture.json'), 'utf8')) as CaptureInfo;
  if (info.finished) return info;
  throw new AuditweaveError(
    `collect: expected ${basename(folder)} to be finished, got a capture under way.`,
    { hint: 'Run collect with the same options again; it goes on where it stopped.' },
  );
}

function checkFolds(folds: NonNullable<Manifest['folds']>, ids: readonly string[]): void {
  for (const [name, { train, validation, test }] of Object.entries(folds))
    for (const id of [...train, ...validation, ...test])
      if (!ids.includes(id))
        throw new AuditweaveError(
          `collect: expected fold ${name} to name captures of the dataset, got ${JSON.stringify(id)}.`,
          { hint: `Captures: ${ids.join(', ')}.` },
        );
}

/**
 * The truth of one capture, each line's own action, and whether it counts by default.
 *
 * @param until Milliseconds since 1970 at which its log is taken to end. Default: never.
 */
export function attributeCapture(
  folder: string,
  capture: string,
  rows: readonly ActionRow[],
  table: ResourceTable,
  until = Number.POSITIVE_INFINITY,
): {
  attributions: (Attribution & Partial<Propagation>)[];
  labels: (Label | null)[];
  counts: boolean[];
  heads: { auditID: string; stage: string }[];
} {
  const file = join(folder, 'audit.jsonl');
  const labels: (Label | null)[] = [];
  const counts: boolean[] = [];
  const heads: { auditID: string; stage: string }[] = [];
  const sentBy = new Map(
    readRows<TracedRequest>(join(folder, 'trace.jsonl')).map(({ auditID, command }) => [auditID, command]),
  );
  function* events(): Generator<AuditEvent> {
    for (const text of new Tail(file, 0).read()) {
      const event = parseEvent(text, { file, line: labels.length + 1 });
      if (Date.parse(event.stageTimestamp ?? event.requestReceivedTimestamp) >= until) return;
      labels.push(event.objectRef?.resource ? labelOf(event, table) : null);
      counts.push(skipReason(event, { lines: 'completed', filter: 'paper' }) === null);
      heads.push({ auditID: event.auditID, stage: event.stage });
      yield event;
    }
  }
  const carried = readCarried(join(folder, 'causes'));
  const attributions = carried
    ? propagate([...events()], { capture, commands: rows, sentBy }, carried)
    : attribute(events(), { capture, commands: rows, sentBy });
  return { attributions, labels, counts, heads };
}

function newTally(): Tally {
  return {
    lines: 0,
    completed: 0,
    background: 0,
    disputed: 0,
    contexts: new Set(),
    userContexts: new Set(),
    labels: new Set(),
  };
}

function addTo(tally: Tally, at: Attribution, label: Label | null, counted: boolean): void {
  tally.lines++;
  if (counted) tally.completed++;
  if (at.background) tally.background++;
  if (at.disputed) tally.disputed++;
  tally.contexts.add(at.context);
  if (!at.background) tally.userContexts.add(at.context);
  if (label) tally.labels.add(String(label));
}
