import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { loadResourceTable, type ResourceTable } from '../../src/audit/labels.js';
import { readAuditLog } from '../../src/audit/read.js';
import { csvRow } from '../../src/contexts/exports/csv.js';
import { LINE_FORMATS } from '../../src/contexts/exports/formats.js';
import { Places } from '../../src/contexts/exports/places.js';
import { exportLines } from '../../src/contexts/exports/write.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { OrdinalEncoder } from '../../src/features/encoder.js';
import { labelLines } from '../../src/labeling/labeler.js';
import { windowPredictor } from '../../src/model/bilstm/predictor.js';
import type { Predictor } from '../../src/model/model.js';
import { pointerPredictor } from '../../src/model/pointer/predictor.js';
import { WordCount } from '../../src/model/pointer/words.js';
import { randomStream } from '../../src/random.js';
import { stubSession } from '../model/bilstm/session-stub.js';
import { mutate } from './mutate.js';
import { count, faultOf, type Outcome } from './outcome.js';

/** Lines of a log. */
const LOG = 400;
/** Share of its lines that are mutated. */
const SHARE = 0.25;
const NAME = 'adverse.jsonl';

/** A pointer that has learnt nothing: its rules decide. */
const untaught = (table: ResourceTable): Predictor =>
  pointerPredictor(
    {
      forest: {
        ...{ root: new Int32Array(), column: new Int32Array(), threshold: new Float32Array() },
        ...{ words: new Uint32Array(), left: new Int32Array(), right: new Int32Array() },
        ...{ missing: new Uint8Array(), leaf: new Float32Array() },
      },
      words: new WordCount().words(),
      temperature: 1,
      thresholds: {},
      rules: 'take',
      rulesOff: [],
      lines: 'completed',
      filter: 'paper',
    },
    table,
  );

/** What is wrong with the contexts of a log and what they are exported as, or null: each line that counts is in one context. */
async function contextFault(pieces: readonly Buffer[], table: ResourceTable): Promise<string | null> {
  const read = () => readAuditLog(Readable.from(pieces), { name: NAME, skipInvalid: true });
  const stream = new ContextStream({ attributor: new Rules(), table });
  const places = new Places();
  let held = 0;
  for await (const context of contextsOfLog(read(), stream)) {
    held += context.lines.length + (context.more ?? 0);
    places.add(JSON.parse(JSON.stringify(context)));
    if (!csvRow(context).endsWith('\r\n')) return `a row of CSV without an end: ${context.context}`;
  }
  const { lines, counted, skipped } = stream.counts;
  if (held !== counted) return `${counted} lines count, ${held} are in contexts`;
  if (lines !== counted + skipped.total) return `${lines} lines, ${counted} count, ${skipped.total} do not`;
  for (const format of LINE_FORMATS) {
    let text = '';
    for await (const piece of exportLines(format, read(), places)) text += piece;
    if (text.includes('[native code]')) return `a word of the log looked up in ${format}`;
    for (const one of text.split('\n').slice(0, -1)) JSON.parse(one);
  }
  return null;
}

/**
 * Labels logs in which some lines are mutated. Whatever those are, each sound line gets its one row, in order; or the log ends with an
 * error that names file and line. Every fourth log is read without `skipInvalid`; windows and a pointer label in turn, and
 * contexts are made and exported too, where each line that counts is in one of them.
 *
 * @param lines How many lines in all.
 */
export async function adverseLines({ seed, lines }: { seed: number; lines: number }): Promise<Outcome> {
  const outcome: Outcome = {
    family: 'mutated lines through label and contexts',
    tried: 0,
    ends: {},
    failures: [],
  };
  const sound = gunzipSync(readFileSync('datasets/first-light/audit.jsonl.gz'))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  const table = await loadResourceTable();
  const session = stubSession(5, (rows, at) => ({ class: rows[at]! % 4, probability: 0.9 }));
  session.model.encoder = OrdinalEncoder.fit([['create'], ['delete'], ['get']], ['verb']).toJSON();
  for (let log = 0; outcome.tried < lines; log++) {
    const random = randomStream(seed, `lines/${log}`);
    const size = Math.min(LOG, lines - outcome.tried);
    const expected: string[] = [];
    const pieces: Buffer[] = [];
    for (let i = 0; i < size; i++) {
      const line = Buffer.from(
        sound[random.integer(sound.length)]!.replace(/"auditID":"[^"]*"/, `"auditID":"sound-${i}"`),
      );
      if (random.next() < SHARE) {
        const { name, bytes } = mutate(line, random);
        count(outcome, name);
        pieces.push(bytes);
      } else {
        expected.push(`sound-${i}`);
        pieces.push(line);
      }
      pieces.push(Buffer.from('\n'));
    }
    outcome.tried += size;
    const skipInvalid = log % 4 !== 3;
    const windows = windowPredictor(session, {
      stride: 1 + random.integer(5),
      batch: 1 + random.integer(8),
    });
    const predictor: Predictor = log % 2 === 0 ? windows : untaught(table);
    const seen = new Map<string, number>();
    let [rows, last] = [0, 0];
    try {
      const source = readAuditLog(Readable.from(pieces), { name: NAME, skipInvalid });
      for await (const { auditID, line } of labelLines(source, {
        predictor,
        table,
        buffer: 1 + random.integer(300),
      })) {
        rows++;
        if (line < last) outcome.failures.push(`log ${log}: line ${line} after line ${last}`);
        last = line;
        if (auditID !== null) seen.set(auditID, (seen.get(auditID) ?? 0) + 1);
      }
      const lost = expected.filter((id) => !seen.has(id));
      if (lost.length > 0)
        outcome.failures.push(
          `log ${log}: ${lost.length} sound lines have no row, first ${lost[0]}; ${rows} rows`,
        );
      const fault = skipInvalid ? await contextFault(pieces, table) : null;
      if (fault) outcome.failures.push(`log ${log}: contexts: ${fault}`);
      count(outcome, skipInvalid ? 'logs read to their end' : 'logs read to their end, nothing skipped');
    } catch (error) {
      const fault = faultOf(error, [`${NAME}:`]);
      if (fault) outcome.failures.push(`log ${log}: ${fault}`);
      else if (skipInvalid)
        count(
          outcome,
          `logs that cannot be read as a whole: ${(error as Error).message.replaceAll(/:\d+|\d+/g, 'N').slice(0, 90)}`,
        );
      else count(outcome, 'logs ended at their first bad line');
    }
  }
  return outcome;
}
