import { openBytes, splitLines } from '../audit/bytes.js';
import { LABEL_PARTS } from '../audit/codes.js';
import { isRecord } from '../audit/event.js';
import { logAt } from '../audit/open-log.js';
import type { LogLine } from '../audit/read.js';
import { MismatchError } from '../errors.js';
import type { LabelRow } from '../labeling/labeler.js';

/** A row, its line numbered through all files. */
type Row = Pick<LabelRow, 'line' | 'label'> & Partial<LabelRow> & { auditID?: string };

const HINT = 'Rows are of the logs that label was given: auditweave label LOG… > rows.jsonl';

/**
 * Each line with its row of a file, as `label` wrote it or a dataset has it, in order.
 *
 * @param file Its path; `-` is standard input.
 * @throws {MismatchError} The rows are of another log, or none.
 */
export async function* joinRows(
  batches: AsyncIterable<readonly LogLine[]>,
  file: string,
): AsyncGenerator<LabelRow[]> {
  const rows = readRows(file);
  try {
    for await (const lines of batches) {
      const found: LabelRow[] = [];
      for (const line of lines) found.push(await rowOf(line, rows, file));
      yield found;
    }
  } finally {
    await rows.return(undefined);
  }
}

async function rowOf({ line, event }: LogLine, rows: AsyncGenerator<Row>, file: string): Promise<LabelRow> {
  let next = await rows.next();
  while (!next.done && next.value.line < line) next = await rows.next();
  const fail = (expected: string, got: string): never => {
    throw new MismatchError({ folder: 'contexts', file, expected, got }, { hint: HINT });
  };
  if (next.done) return fail(`a row of line ${line}`, 'the end of the file');
  const { value: row } = next;
  if (row.line !== line) return fail(`a row of line ${line}`, `line ${row.line}`);
  if (event && typeof row.auditID === 'string' && row.auditID !== event.auditID)
    return fail(`a row of request ${event.auditID} for line ${line}`, row.auditID);
  return row as LabelRow;
}

/** The rows of a file. Those of several logs number the lines of each. */
async function* readRows(file: string): AsyncGenerator<Row> {
  /** Lines before those of a log. */
  const before = new Map<unknown, number>();
  let next = 0;
  const { source, name } = logAt(file);
  for await (const { line, bytes } of splitLines(openBytes(source, name), 1 << 20)) {
    const fail = (got: string): never => {
      throw new MismatchError({ folder: 'contexts', file, line, expected: 'a row as label writes it', got });
    };
    let row: unknown;
    try {
      row = bytes === null ? null : JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch {
      fail('no JSON');
    }
    if (!isRecord(row) || !isLabelRow(row)) return fail('something else');
    if (!before.has(row.file)) before.set(row.file, next);
    const own = { ...row, line: before.get(row.file)! + (row.line as number) } as Row;
    next = own.line + 1;
    const { trigger } = row;
    // A dataset's truth marks triggering events by true, and background; both are kept out, for rows are taken for labels.
    if (typeof trigger === 'boolean') yield { line: own.line, auditID: own.auditID, label: own.label } as Row;
    else if (isRecord(trigger)) {
      const lines = before.get('file' in trigger ? trigger.file : row.file);
      yield {
        ...own,
        trigger: lines === undefined ? undefined : { ...trigger, line: lines + (trigger.line as number) },
      } as Row;
    } else yield own;
  }
}

/** Whether what contexts take of a row is of its type. */
function isLabelRow({ line, label, trigger, confidence, reason }: Record<string, unknown>): boolean {
  const isCause =
    trigger === undefined || trigger === null || typeof trigger === 'boolean' || isRecord(trigger);
  return (
    Number.isSafeInteger(line) &&
    isCause &&
    (!isRecord(trigger) || Number.isSafeInteger(trigger.line)) &&
    (label === undefined ||
      label === null ||
      (Array.isArray(label) &&
        label.length === LABEL_PARTS &&
        label.every((part) => Number.isSafeInteger(part) && part >= 0))) &&
    (confidence === undefined || confidence === null || typeof confidence === 'number') &&
    (reason === undefined || typeof reason === 'string')
  );
}
