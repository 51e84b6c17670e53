import { join } from 'node:path';
import { actorOf } from '../audit/actor.js';
import { type AuditEvent, receivedMicros } from '../audit/event.js';
import { type Label, labelOf } from '../audit/labels.js';
import { readAuditLog } from '../audit/read.js';
import { loadResourceTable } from '../audit/table.js';
import type { ActionRow } from '../dataset/actions.js';
import { type Manifest, readManifest } from '../dataset/manifest.js';
import { readTruth, type TruthRow } from '../dataset/truth.js';
import { AuditweaveError } from '../errors.js';
import { readRows } from '../files/rows.js';
import { type Attribution, attribute } from './attribution/attribute.js';

/** A row of truth that is not what attribution finds. */
export interface RowFault {
  /** Line of the log, from 0. */
  line: number;
  auditID: string;
  /** Which value, and what it is in the truth and by the rules. */
  key: 'context' | 'label' | 'trigger' | 'background' | 'how' | 'disputed';
  recorded: string;
  found: string;
}

/** What `verifyRules` found. */
export interface RulesVerification {
  lines: number;
  /** Requests of people that no command of theirs ran at the time of, or several did. */
  unsent: number;
  /** Every difference, in order of lines. */
  faults: RowFault[];
}

/** Milliseconds by which a request may come after its command has ended, or before it has begun by the clock of another process. */
const SLACK = 250;

/**
 * Finds the truth of a dataset again from its log and its commands alone, and compares every row. Who sent a request is told by the name
 * that it came under and the time at which it came, for a person runs one command after another: not by the truth, so that a request
 * that was moved there to another context is found.
 *
 * @throws {AuditweaveError} The dataset was not made by these rules: its manifest says nothing of how people worked.
 * @example (await verifyRules('datasets/three-node')).faults // []
 */
export async function verifyRules(dir: string): Promise<RulesVerification> {
  const manifest = await readManifest(dir);
  if (manifest.truth === 'propagation')
    throw new AuditweaveError(
      `collect: expected the truth of ${dir} to be made by rules, got one that the cluster carried along.`,
      {
        hint: `Without --rules its hashes and invariants are computed again; how it was made stands in ${join(dir, 'card.md')}.`,
      },
    );
  const modes = new Map(
    (manifest.captures as (Manifest['captures'][number] & { mode?: string })[]).map(({ id, mode }) => [
      id,
      mode,
    ]),
  );
  if ([...modes.values()].some((mode) => mode === undefined))
    throw new AuditweaveError(
      `collect: expected the truth of ${dir} to be made by the rules of \`collect\`, got one that was made in another way: its captures do not say how people worked.`,
      {
        hint: `Without --rules its hashes and invariants are computed again; how it was made stands in ${join(dir, 'card.md')}.`,
      },
    );
  const commands = readRows<ActionRow>(join(dir, 'actions.jsonl'));
  const found: RulesVerification = { lines: 0, unsent: 0, faults: [] };
  for await (const { capture, first, events, rows } of capturesOf(dir)) {
    const own = commands.filter((row) => row.capture === capture).sort((a, b) => a.start - b.start);
    const attributions = again(events, own, capture, modes.get(capture) === 'sequential', found);
    const table = await loadResourceTable();
    const labels = events.map((event) => (event.objectRef?.resource ? labelOf(event, table) : null));
    rows.forEach((row, line) => {
      found.faults.push(...faultsOf(row, attributions[line]!, line, labels, first));
    });
    found.lines += rows.length;
  }
  return found;
}

interface Capture {
  capture: string;
  /** Its first line of the log. */
  first: number;
  events: AuditEvent[];
  rows: TruthRow[];
}

/** The captures of a dataset one after another, with their events and rows of truth. */
async function* capturesOf(dir: string): AsyncGenerator<Capture> {
  const truth = readTruth(join(dir, 'truth.jsonl.gz'));
  let open: Capture | null = null;
  try {
    for await (const { line, event } of readAuditLog(join(dir, 'audit.jsonl.gz'))) {
      const { value: row, done } = await truth.next();
      if (done || !event) throw notWhole(dir, line);
      if (open && open.capture !== row.capture) {
        yield open;
        open = null;
      }
      open ??= { capture: row.capture, first: line, events: [], rows: [] };
      open.events.push(event);
      open.rows.push(row);
    }
  } finally {
    await truth.return(undefined);
  }
  if (open) yield open;
}

const notWhole = (dir: string, line: number): AuditweaveError =>
  new AuditweaveError(
    `collect: expected an event and a row of truth at line ${line + 1} of ${dir}, got none.`,
    {
      hint: 'Without --rules `dataset verify` says what is wrong with the files.',
    },
  );

function again(
  events: readonly AuditEvent[],
  commands: readonly ActionRow[],
  capture: string,
  inTurn: boolean,
  found: RulesVerification,
): Attribution[] {
  const sentBy = new Map<string, string>();
  const people = new Set(commands.map(({ person }) => person));
  for (const event of events) {
    if (sentBy.has(event.auditID) || !people.has(actorOf(event))) continue;
    const at = receivedMicros(event) / 1000;
    const running = commands.filter(
      ({ person, start, end }) => person === actorOf(event) && start - SLACK <= at && at <= end + SLACK,
    );
    const within = running.filter(({ start, end }) => start <= at && at <= end);
    const [command] = within.length > 0 ? within : running;
    if (!command || within.length > 1) found.unsent++;
    if (command) sentBy.set(event.auditID, command.id);
  }
  const stages = events.map((event) => Date.parse(event.stageTimestamp ?? event.requestReceivedTimestamp));
  let line = 0;
  const timed = commands.map((command) => {
    while (line < stages.length && stages[line]! < command.start) line++;
    return { id: command.id, firstLine: inTurn ? line : null };
  });
  return attribute(events, { capture, commands: timed, sentBy });
}

function faultsOf(
  row: TruthRow,
  at: Attribution,
  line: number,
  labels: readonly (Label | null)[],
  first: number,
): RowFault[] {
  const pairs: [RowFault['key'], unknown, unknown][] = [
    ['context', row.context, at.context],
    ['label', row.label, labels[at.trigger] ?? null],
    ['trigger', row.trigger, at.trigger === line],
    ['background', row.background, at.background],
    ['how', row.how, at.how],
    ['disputed', row.disputed, at.disputed],
  ];
  return pairs.flatMap(([key, recorded, now]) =>
    String(recorded) === String(now)
      ? []
      : [{ line: first + line, auditID: row.auditID, key, recorded: String(recorded), found: String(now) }],
  );
}
