import { join } from 'node:path';
import { skipReason } from '../audit/filter.js';
import { type Label, labelOf, loadResourceTable } from '../audit/labels.js';
import { readAuditLog } from '../audit/read.js';
import { MismatchError } from '../errors.js';
import { readManifest, wrongHashes } from './manifest.js';
import { readTruth } from './truth.js';

/** What `verifyDataset` found. */
export interface Verification {
  lines: number;
  contexts: number;
  /** One sentence for each file that is damaged and each invariant that does not hold, with the first line where; empty when all is well. */
  faults: string[];
}

/**
 * Recomputes every hash and invariant of a dataset: log and truth speak of the same lines; every line has a context; a context has one
 * label, one triggering event, and that event's own action is its label; the lines of one request are in one context; folds name captures
 * of the log, and a selection has as many lines of the default reading as it says.
 *
 * What cannot be read any further ends the search: its place is the last fault.
 *
 * @throws {AuditweaveError} There is no dataset.
 * @example (await verifyDataset('datasets/first-light')).faults // []
 */
export async function verifyDataset(dir: string): Promise<Verification> {
  const manifest = await readManifest(dir);
  const damaged = new Set<string>();
  for await (const { message } of wrongHashes(dir, manifest)) damaged.add(message);
  const table = await loadResourceTable();
  const faults = new Map<string, string>();
  const fault = (rule: string, where: string): void => {
    if (!faults.has(rule)) faults.set(rule, `${rule}; first at ${where}.`);
  };
  const contexts = new Map<string, { label: Label | null; triggers: number; capture: string }>();
  const requests = new Map<string, string>();
  const truth = readTruth(join(dir, 'truth.jsonl.gz'));
  const selected = Object.values(manifest.selections ?? {}).map(() => 0);
  const captures = new Set<string>();
  let lines = 0;
  try {
    for await (const { line, event } of readAuditLog(join(dir, 'audit.jsonl.gz'))) {
      lines++;
      const where = `line ${line + 1}`;
      const { value: row, done } = await truth.next();
      if (done) {
        fault('Every line has a row of truth', where);
        break;
      }
      if (!event) continue;
      if (row.auditID !== event.auditID || row.stage !== event.stage)
        fault('Log and truth speak of the same lines', where);
      const request = `${row.capture}/${row.auditID}`;
      const context = contexts.get(row.context);
      if (!context)
        contexts.set(row.context, { label: row.label, triggers: row.trigger ? 1 : 0, capture: row.capture });
      else {
        if (row.trigger) context.triggers++;
        if (String(context.label) !== String(row.label)) fault('A context has one label', where);
        if (context.capture !== row.capture) fault('A context lies in one capture', where);
      }
      if ((requests.get(request) ?? row.context) !== row.context)
        fault('The lines of one request are in one context', where);
      requests.set(request, row.context);
      const own = event.objectRef?.resource ? labelOf(event, table) : null;
      if (row.trigger && String(own) !== String(row.label))
        fault('A label is its triggering event’s own action', where);
      captures.add(row.capture);
      if (own && row.label && skipReason(event, { lines: 'completed', filter: 'paper' }) === null)
        Object.values(manifest.selections ?? {}).forEach(({ ranges }, i) => {
          if (ranges.some(([first, last]) => line >= first && line <= last)) selected[i]!++;
        });
    }
    if (!(await truth.next()).done) fault('Every row of truth has a line', `line ${lines + 1}`);
  } catch (error) {
    if (!(error instanceof MismatchError)) throw error;
    damaged.add(error.message);
    return { lines, contexts: contexts.size, faults: [...damaged, ...faults.values()] };
  } finally {
    await truth.return(undefined);
  }
  for (const [name, { triggers }] of contexts)
    if (triggers !== 1) fault('A context has one triggering event', `context ${name} (${triggers})`);
  for (const [i, [name, { count }]] of Object.entries(manifest.selections ?? {}).entries())
    if (count !== selected[i])
      fault('A selection has as many lines as it says', `${name} (${count}, not ${selected[i]})`);
  for (const [name, fold] of Object.entries(manifest.folds ?? {}))
    for (const id of [...fold.train, ...fold.validation, ...fold.test])
      if (!captures.has(id)) fault('A fold names captures of the log', `${name} (${id})`);
  const expected = manifest.files['audit.jsonl.gz']?.lines;
  if (expected !== undefined && expected !== lines)
    fault('The manifest counts the lines', `manifest.json (${expected}, not ${lines})`);
  return { lines, contexts: contexts.size, faults: [...damaged, ...faults.values()] };
}
